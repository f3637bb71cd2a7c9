import { expect } from 'chai';
import { tf } from '../../lib/engine/tf.js';
import { keyOf, normal, split } from '../../lib/base/random.js';
import { ddpmSteps } from '../../lib/diffusion/reverse-steps.js';
import { continuousLevels } from '../../lib/diffusion/schedule.js';
import { openDevice } from '../../lib/engine/index.js';
import type { HostTensor, HostTensors } from '../../lib/engine/types.js';
import type { ProjectGuide } from '../../lib/guide/contract.js';
import { forbidLonger, openLength, sequenceFactors } from '../../lib/guide/factors.js';
import { scoreInterpolation } from '../../lib/model/denoiser/score-interpolation.js';
import { createSampler } from '../../lib/sampler/index.js';
import { floats, freshWeights, tinyConfig, vocabulary } from '../tiny-model.js';

const { embeddingWidth: D, vocabularySize: V, maxTokens: L } = tinyConfig;
const SHORT = 5;
const ROWS = 2;

/** Returns the first rows of a table that has one for each position. */
const firstRows = ({ shape, data }: HostTensor, rows: number, from = 0): HostTensor => {
  const width = shape[1]!;
  return floats([rows, width], data.slice(from * width, (from + rows) * width));
};

/**
 * Samples texts of at most three words.
 *
 * @param maxTokens of the model
 * @param project changes predicted x_0 at each step
 */
async function sampled(
  maxTokens: number,
  weights: HostTensors,
  { length, project }: { readonly length?: number; readonly project?: ProjectGuide<unknown>['project'] } = {},
): Promise<Float32Array> {
  const device = await openDevice('onnx-cpu', { threads: 1 });
  const size = { rows: ROWS, maxTokens, embeddingWidth: D, vocabularySize: V };
  const factors = sequenceFactors(maxTokens, vocabulary);
  forbidLonger(factors, SHORT - 2, vocabulary);
  const noiseOf = (label: string | number): Float32Array => {
    const data = new Float32Array(ROWS * maxTokens * D);
    for (let row = 0; row < ROWS; row++)
      data.set(normal(split(keyOf(row), label), L * D).subarray(0, maxTokens * D), row * maxTokens * D);
    return data;
  };
  const guide: ProjectGuide<unknown> | undefined = project && { via: 'project', encode: () => ({}), project };
  const guides = guide ? [{ guide, weights: {}, window: [0, 1] as const }] : [];
  const sampler = createSampler(device, {
    ...{ denoiser: scoreInterpolation({ ...tinyConfig, maxTokens }), weights, size, guides },
    ...{ steps: ddpmSteps(continuousLevels(6)), temperature: 1, clamp: false },
    steering: { inner: 1, step: 0.1, momentum: 0, scale: 'max-norm', floor: 0, prior: 0 },
  });
  const probs = await sampler.sample({
    start: noiseOf('start'),
    noiseAt: noiseOf,
    factors: Float32Array.from([...factors, ...factors]),
    guideInputs: guides.map(() => ({ weight: floats([ROWS], [1, 1]) })),
    ...(length !== undefined && { length }),
  });
  await device.dispose();
  return probs;
}

describe('sampling texts that are known to be short', () => {
  it('gives what a model of that length with the same weights gives, and PAD after it', async () => {
    const weights = freshWeights(tinyConfig);
    const short = {
      ...weights,
      position: firstRows(weights['position']!, SHORT),
      relative: firstRows(weights['relative']!, 2 * SHORT - 1, L - SHORT),
    };
    const [whole, expected] = [await sampled(L, weights, { length: SHORT }), await sampled(SHORT, short)];
    for (let row = 0; row < ROWS; row++)
      for (let at = 0; at < L; at++)
        for (let v = 0; v < V; v++) {
          const own = at < SHORT ? expected[(row * SHORT + at) * V + v]! : v === vocabulary.pad ? 1 : 0;
          expect(whole[(row * L + at) * V + v], `row ${row}, position ${at}, token ${v}`).to.be.closeTo(own, 1e-5);
        }
  });

  it('shows guides the embedding of PAD and logits of 0 after it', async () => {
    const weights = freshWeights(tinyConfig);
    const rest = L - SHORT;
    const project: ProjectGuide<unknown>['project'] = (x0, { logits }, _, embeddings) => {
      const pad = tf.slice(embeddings, [vocabulary.pad, 0], [1, D]);
      const misses = tf.sum(tf.abs(tf.sub(tf.slice(x0, [0, SHORT, 0], [ROWS, rest, D]), pad)));
      const scores = tf.sum(tf.abs(tf.slice(logits, [0, SHORT, 0], [ROWS, rest, V])));
      return tf.add(x0, tf.mul(1000, tf.add(misses, scores))); // any difference ruins the latents
    };
    const [plain, shown] = [await sampled(L, weights, { length: SHORT }), await sampled(L, weights, { length: SHORT, project })];
    shown.forEach((p, i) => expect(p).to.be.closeTo(plain[i]!, 1e-4));
  });

  it('is about the positions that the factors leave open', () => {
    for (let words = 0; words <= L - 2; words++) {
      const factors = sequenceFactors(L, vocabulary);
      expect(openLength(factors, vocabulary)).to.equal(L);
      forbidLonger(factors, words, vocabulary);
      expect(openLength(factors, vocabulary)).to.equal(words + 2);
      const allowed = (at: number, v: number): boolean => factors[at * V + v] !== -Infinity;
      const word = vocabulary.id('pond')!;
      for (let at = 1; at < L; at++) {
        expect(allowed(at, vocabulary.pad), 'PAD').to.equal(true);
        expect(allowed(at, vocabulary.end), 'END').to.equal(at <= words + 1);
        expect(allowed(at, word), 'a word').to.equal(at <= words);
      }
    }
  });
});
