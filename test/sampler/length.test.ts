import { expect } from 'chai';
import { keyOf, normal, split } from '../../lib/base/random.js';
import { ddpmSteps } from '../../lib/diffusion/reverse-steps.js';
import { continuousLevels } from '../../lib/diffusion/schedule.js';
import { openDevice } from '../../lib/engine/index.js';
import type { HostTensor, HostTensors } from '../../lib/engine/types.js';
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

/** Samples texts of at most three words. @param length of the sequences of the model */
async function sampled(maxTokens: number, weights: HostTensors, length?: number): Promise<Float32Array> {
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
  const sampler = createSampler(device, {
    ...{ denoiser: scoreInterpolation({ ...tinyConfig, maxTokens }), weights, size, guides: [] },
    ...{ steps: ddpmSteps(continuousLevels(6)), temperature: 1, clamp: false },
    steering: { inner: 1, step: 0.1, momentum: 0, scale: 'max-norm', floor: 0, prior: 0 },
  });
  const probs = await sampler.sample({
    start: noiseOf('start'),
    noiseAt: noiseOf,
    factors: Float32Array.from([...factors, ...factors]),
    guideInputs: [],
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
    const [whole, expected] = [await sampled(L, weights, SHORT), await sampled(SHORT, short)];
    for (let row = 0; row < ROWS; row++)
      for (let at = 0; at < L; at++)
        for (let v = 0; v < V; v++) {
          const own = at < SHORT ? expected[(row * SHORT + at) * V + v]! : v === vocabulary.pad ? 1 : 0;
          expect(whole[(row * L + at) * V + v], `row ${row}, position ${at}, token ${v}`).to.be.closeTo(own, 1e-5);
        }
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
