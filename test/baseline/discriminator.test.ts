import { expect } from 'chai';
import { join } from 'node:path';
import { keyOf, permutation, split } from '../../lib/base/random.js';
import { discriminatorOdds } from '../../lib/baseline/discriminator-odds.js';
import { answerLogits, discriminatorParams, prefixStates } from '../../lib/baseline/discriminator.js';
import { openDevice, tf } from '../../lib/engine/index.js';
import type { HostTensors } from '../../lib/engine/types.js';
import { initialParameters } from '../../lib/model/parameters.js';
import type { DiscriminatorSize } from '../../lib/plan/discriminators.js';
import { type AnsweredRow, trainDiscriminator } from '../../lib/train/guides/train-discriminator.js';
import { tensorsOf, vocabulary, withFolder } from '../tiny-model.js';

const size: DiscriminatorSize = {
  vocabularySize: vocabulary.size,
  maxTokens: 8,
  layers: 1,
  width: 16,
  heads: 2,
  questions: [2, 3],
};
const [Q, L] = [2, size.maxTokens];
const weights = tensorsOf(initialParameters(discriminatorParams(size), keyOf(1)));

/** Questions about texts of 7 words: whether the number of the first word is even, and the number of the last word modulo 3. */
const row = (i: number): AnsweredRow => {
  const words = permutation(split(keyOf(2), i), vocabulary.size - 4).subarray(0, L - 1);
  const ids = Int32Array.from([vocabulary.start, ...words].map((id, position) => (position === 0 ? id : id + 4)));
  const answers = Int32Array.from({ length: L * Q }, (_, at) => {
    const position = Math.floor(at / Q);
    return position === 0 ? -1 : at % Q === 0 ? ids[1]! % 2 : ids[position]! % 3;
  });
  return { ids, answers: () => answers };
};

describe('a discriminator on prefixes', () => {
  it('has states that do not depend on later tokens', () => {
    const states = (ids: readonly number[]) => prefixStates(weights, tf.tensor2d([...ids], [1, L], 'int32'), size).arraySync() as number[][][]; // prettier-ignore
    const [one, other] = [states([2, 4, 5, 6, 7, 8, 9, 10])[0]!, states([2, 4, 5, 6, 9, 9, 4, 4])[0]!];
    for (let position = 0; position < 4; position++)
      one[position]!.forEach((value, w) => expect(other[position]![w]).to.be.closeTo(value, 1e-5));
    expect(Math.abs(one[4]![0]! - other[4]![0]!)).to.be.above(1e-4);
  });

  it('gives no probability to classes that a question does not have', () => {
    const logits = answerLogits(weights, tf.ones([1, 1, 16]), tf.tensor2d([4], [1, 1], 'int32'), size);
    expect(logits.shape).to.deep.equal([1, 1, 2, 3]);
    const [even] = (tf.softmax(logits).arraySync() as number[][][][])[0]![0]!;
    expect(even![2]).to.equal(0);
    expect(even![0]! + even![1]!).to.be.closeTo(1, 1e-6);
  });

  it('learns what a prefix tells, and reports it for each candidate token', () =>
    withFolder(async (folder) => {
      const device = await openDevice('onnx-cpu', { threads: 1 });
      let saved: HostTensors = {};
      const rows = Array.from({ length: 400 }, (_, i) => row(i));
      await trainDiscriminator({
        folder: join(folder, 'run'),
        device,
        size,
        rows: rows.slice(8),
        validationRows: rows.slice(0, 8),
        optimizer: {
          ...{ steps: 400, batchSize: 16, peakLearningRate: 0.02, warmupSteps: 10, betas: [0.9, 0.99] as const },
          ...{ weightDecay: 0, clipNorm: 1, emaDecay: 0.9 },
        },
        ...{ seed: 1, fingerprint: 'toy', checkpointMinutes: 1e9, measureEvery: 400 },
        saveModel: (tensors) => Promise.resolve(void (saved = tensors)),
      });
      const asked = { size, weights: saved, asks: (target: number) => [target === 0 ? undefined : [0], [1]] };
      const odds = discriminatorOdds(device, asked, vocabulary, 2);
      const texts = [
        [6, 9, 12],
        [7, 10],
        [8, 5, 6, 9],
      ].map((prefix, i) => ({ request: { target: i % 2, key: keyOf(1) }, prefix }));
      const candidates = texts.map(() => Int32Array.of(9, 10, 11)); // 0, 1 and 2 modulo 3
      const found = await odds(texts, candidates); // 3 texts through a program for 2 rows
      const expected = [
        [0, 1, 0],
        [0, 0, 0], // the first word, 7, is not even
        [0, 1, 0],
      ];
      found.forEach((row, i) => row.forEach((nats, k) => expect(Math.exp(nats)).to.be.closeTo(expected[i]![k]!, 0.3)));
      await device.dispose();
    })).timeout(20_000);
});
