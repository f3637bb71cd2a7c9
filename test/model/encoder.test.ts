import { expect } from 'chai';
import { keyOf, normal } from '../../lib/base/random.js';
import { attention, tf } from '../../lib/engine/index.js';
import { encode, encoderParams } from '../../lib/model/denoiser/encoder.js';
import { neighbourBias, relativeBias } from '../../lib/model/layers.js';
import { initialParameters } from '../../lib/model/parameters.js';
import { tensorsOf } from '../tiny-model.js';

const L = 6;

describe('the bias of attention by distance', () => {
  it('is one value per head for each distance between two positions', () => {
    const table = tf.tensor2d(Array.from({ length: 2 * L - 1 }, (_, i) => [i - (L - 1), 100]));
    const bias = relativeBias(table).arraySync() as number[][][];
    expect(bias).to.have.length(2);
    for (let i = 0; i < L; i++)
      for (let j = 0; j < L; j++) expect([bias[0]![i]![j], bias[1]![i]![j]]).to.deep.equal([i - j, 100]);
  });

  it('starts with heads for the left and right neighbour, one for the surroundings and one without a bias', () => {
    const heads = 6;
    const bias = relativeBias(tf.tensor2d(neighbourBias(L, heads), [2 * L - 1, heads]));
    const first = tf.softmax(bias).arraySync() as number[][][]; // [H, L, L]: where each head looks
    const looksAt = (head: number, i: number) => first[head]![i]!.indexOf(Math.max(...first[head]![i]!));
    const sides = [looksAt(0, 3) - 3, looksAt(1, 3) - 3, looksAt(2, 3) - 3, looksAt(3, 3) - 3];
    expect(sides).to.deep.equal([1, -1, 2, -2]);
    expect(first[1]![3]![2]).to.be.above(0.7);
    expect(looksAt(4, 3)).to.equal(3);
    expect(first[4]![3]![2]).to.be.below(first[4]![3]![3]!).and.above(first[4]![3]![0]!);
    for (const share of first[5]![3]!) expect(share).to.be.closeTo(1 / L, 1e-6);
  });

  it('shifts attention: to the right neighbour in head 0, to the left one in head 1', () => {
    const heads = 4;
    const zeros = tf.zeros([1, L, heads]);
    const places = tf.tile(tf.reshape(tf.range(0, L), [1, L, 1]), [1, 1, heads]); // [1, L, H]
    const bias = relativeBias(tf.tensor2d(neighbourBias(L, heads), [2 * L - 1, heads]));
    const out = (attention(zeros, zeros, places, heads, bias).arraySync() as number[][][])[0]!;
    expect(out[3]![0]).to.be.closeTo(4, 0.2);
    expect(out[3]![1]).to.be.closeTo(2, 0.2);
  });
});

describe('the encoder', () => {
  const size = { inputWidth: 5, maxTokens: L, layers: 2, width: 8, heads: 4, feedForward: 8 };
  const weights = tensorsOf(initialParameters(encoderParams(size), keyOf(1)));
  const input = tf.tensor(normal(keyOf(2), 2 * L * 5), [2, L, 5]);
  const encoded = (x = input, times = [0.2, 0.7]) => encode(weights, x, tf.tensor1d(times), size);
  const largest = (x: ReturnType<typeof encoded>) => tf.max(tf.abs(x)).dataSync()[0]!;

  it('reads a shorter sequence as an encoder of that length with the same weights would', () => {
    const short = { ...size, maxTokens: 4 };
    const cut = {
      ...weights,
      position: tf.slice(weights['position']!, [0, 0], [4, 8]),
      relative: tf.slice(weights['relative']!, [L - 4, 0], [7, 4]), // distances from -3 to 3
    };
    const first = tf.slice(input, [0, 0, 0], [2, 4, 5]);
    const expected = encode(cut, first, tf.tensor1d([0.2, 0.7]), short);
    expect(largest(tf.sub(encoded(first), expected))).to.be.below(1e-6);
  });

  it('gives each token a state of finite numbers', () => {
    const out = encoded();
    expect(out.shape).to.deep.equal([2, L, 8]);
    expect(out.dataSync().every(Number.isFinite)).to.equal(true);
  });

  it('depends on positions and the noise level, and keeps rows independent', () => {
    const same = tf.tile(tf.slice(input, [0, 0, 0], [1, 1, 5]), [2, L, 1]);
    const out = encoded(same, [0.2, 0.2]);
    expect(largest(tf.sub(tf.slice(out, [0, 0, 0], [1, 1, 8]), tf.slice(out, [0, 3, 0], [1, 1, 8])))).to.be.above(1e-3);
    const later = encoded(input, [0.2, 0.9]);
    const rowsOf = (x: ReturnType<typeof encoded>) => tf.unstack(x);
    expect(largest(tf.sub(rowsOf(later)[0]!, rowsOf(encoded())[0]!))).to.be.below(1e-6);
    expect(largest(tf.sub(rowsOf(later)[1]!, rowsOf(encoded())[1]!))).to.be.above(1e-4);
  });
});
