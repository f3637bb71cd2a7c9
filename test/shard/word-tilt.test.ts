import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import fc from 'fast-check';
import { openDevice } from '../../lib/engine/index.js';
import { tf } from '../../lib/engine/tf.js';
import type { Device, Tensors } from '../../lib/engine/types.js';
import { denoiserOf } from '../../lib/model/checkpoint/checkpoint.js';
import type { Checkpoint } from '../../lib/model/checkpoint/checkpoint.js';
import type { RunGuides } from '../../lib/plan/make-guides.js';
import { createWordTilt } from '../../lib/shard/word-tilt.js';
import { floats, freshWeights, tensorsOf, tinyConfig, tokenizer, vocabulary } from '../tiny-model.js';

const { maxTokens: length, embeddingWidth: width } = tinyConfig;
const { size } = vocabulary;
const weights = freshWeights(tinyConfig);
const denoiser = denoiserOf(tinyConfig);
const checkpoint = { config: tinyConfig, tokenizer, weights, denoiser } as unknown as Checkpoint;
const table = denoiser.embeddings(tensorsOf(weights)).arraySync() as number[][]; // [V, D]

/** A guide by gradient with -|z - target|² / 2 as its log-probability. */
const pullTo = (label: string) => {
  const logProb = (z: Tensor, _: unknown, inputs: Tensors) =>
    tf.mul(tf.sum(tf.square(tf.sub(z, inputs['target']!)), [1, 2]), -0.5); // [B]
  const logProbs = (...args: Parameters<typeof logProb>) => ({ [label]: logProb(...args) });
  return {
    label,
    guide: { via: 'gradient', logProb },
    logProbs,
    weights: {},
    tree: { leaf: { label, factory: { name: label } } },
  };
};

describe('what gradient guides say about words', function () {
  this.timeout(30_000);

  let device: Device;
  before(async () => (device = await openDevice('onnx-cpu')));
  after(() => device.dispose());

  const number = (most: number) => fc.double({ min: -most, max: most, noNaN: true });
  const latents = fc.array(number(2), { minLength: 2 * length * width, maxLength: 2 * length * width });
  const sequence = fc.array(fc.nat(size - 1), { minLength: length, maxLength: length });
  const inputsOf = (target: readonly number[], weight: number) => ({
    target: floats([2, length, width], target),
    weight: floats([2], [weight, 2 * weight]),
  });

  it('changes the odds of two words by the gradients of all guides along the difference of their embeddings', () =>
    fc.assert(
      fc.asyncProperty(
        latents,
        latents,
        fc.tuple(sequence, sequence),
        fc.double({ min: 0.1, max: 2, noNaN: true }),
        fc.integer({ min: 1, max: length }),
        async (a, b, texts, share, near) => {
          const guides = { latent: [pullTo('near'), { guide: { via: 'project' } }, pullTo('far')] } as unknown as RunGuides;
          const probs = Float32Array.from({ length: 2 * length * size }, (_, i) => (i % size === 3 ? 0 : 1 + ((7 * i) % 5)));
          const tilt = createWordTilt(device, checkpoint, guides, share);
          const guideInputs = [inputsOf(a, 0.5), {}, inputsOf(b, 0.25)];
          const found = await tilt(probs, texts.map((ids) => Int32Array.from(ids)), { length: near, guideInputs }); // prettier-ignore
          const gradient = (row: number, position: number, d: number) => {
            const at = (row * length + position) * width + d;
            const z = table[texts[row]![position]!]![d]!;
            return (row + 1) * (0.5 * (a[at]! - z) + 0.25 * (b[at]! - z));
          };
          for (let position = 0; position < 2 * length; position++) {
            const [row, i] = [Math.floor(position / length), position % length];
            const own = found.subarray(position * size, (position + 1) * size);
            if (i >= near) {
              expect(own, 'beyond the texts').to.deep.equal(probs.subarray(position * size, (position + 1) * size));
              continue;
            }
            expect(own[3], 'an impossible word').to.equal(0);
            expect(own.reduce((sum, p) => sum + p, 0)).to.be.closeTo(1, 1e-5);
            const [v, u] = [4 + (position % 9), 15];
            const change = table[v]!.reduce((sum, e, d) => sum + (e - table[u]![d]!) * gradient(row, i, d), 0);
            const before = Math.log(probs[position * size + v]! / probs[position * size + u]!);
            if (own[v]! > 1e-20 && own[u]! > 1e-20)
              expect(Math.log(own[v]! / own[u]!)).to.be.closeTo(before + share * change, 1e-3);
          }
        },
      ),
      { numRuns: 20 },
    ));

  it('names the guide whose gradient is no number', async () => {
    const broken = {
      ...pullTo('broken'),
      guide: { via: 'gradient', logProb: (z: Tensor) => tf.sum(tf.log(tf.sub(z, z)), [1, 2]) },
    };
    const tilt = createWordTilt(device, checkpoint, { latent: [broken] } as unknown as RunGuides, 1);
    const texts = [new Int32Array(length), new Int32Array(length)];
    const error = await tilt(new Float32Array(2 * length * size).fill(1 / size), texts, {
      guideInputs: [inputsOf(new Array<number>(2 * length * width).fill(0), 1)],
    }).catch(String);
    expect(error).to.match(/gradient.*text at time 0 is no number.*broken/);
  });
});
