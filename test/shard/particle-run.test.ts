import { Type } from '@sinclair/typebox';
import { expect } from 'chai';
import { keyOf, normal, split } from '../../lib/base/random.js';
import type { GenerateConfig } from '../../lib/config/index.js';
import { renoiseSteps } from '../../lib/diffusion/reverse-steps.js';
import { continuousLevels } from '../../lib/diffusion/schedule.js';
import { openDevice } from '../../lib/engine/index.js';
import type { Device, HostTensors } from '../../lib/engine/types.js';
import type { GuideFactory, RewardedText } from '../../lib/guide/contract.js';
import { gaussianEvidence } from '../../lib/model/denoiser/score-interpolation.js';
import type { Denoiser } from '../../lib/model/types.js';
import { createSampler } from '../../lib/sampler/sample.js';
import { type Chosen, particleRun } from '../../lib/shard/particle-run.js';
import { floats } from '../tiny-model.js';

const [V, D, L, STEPS] = [3, 2, 8, 30];
const toyWeights: HostTensors = {
  embedding: floats(
    [V, D],
    [0, 1, 2].flatMap((v) => [Math.SQRT2 * Math.cos(2 * v + 0.3), Math.SQRT2 * Math.sin(2 * v + 0.3)]),
  ),
};

/** Exact for independent, equally likely tokens: every text of 8 letters a, b, c is as likely as any other. */
const letters: Denoiser = {
  parameters: [],
  interpolates: true,
  embeddings: (weights) => weights['embedding']!,
  denoise: (weights, x, time) => ({ logits: gaussianEvidence(x, time, weights['embedding']!), x0: x }),
};

const textOf = (row: number, probs: Float32Array): RewardedText => {
  const tokens = Array.from({ length: L }, (_, i) => {
    const at = probs.subarray((row * L + i) * V, (row * L + i + 1) * V);
    return 'abc'[at.indexOf(Math.max(...at))]!;
  });
  return { tokens, text: tokens.join('') };
};

const countOfC = ({ tokens }: RewardedText): number => tokens.filter((token) => token === 'c').length;

const black: GuideFactory<unknown> = {
  name: 'black',
  summary: 'A black box.',
  options: Type.Object({}),
  example: {},
  places: ['particles'],
  check: () => [],
  create: () => ({ via: 'particles', reward: () => [] }),
};

describe('steering by particles', function () {
  this.timeout(20_000);
  let device: Device;
  before(async () => {
    device = await openDevice('onnx-cpu', { threads: 1 });
  });
  after(() => device.dispose());

  interface Job {
    readonly texts: number;
    readonly count: number;
    readonly reward: (text: RewardedText) => number;
    readonly options?: Partial<GenerateConfig['particles']>;
    readonly seed?: number;
    readonly window?: readonly [number, number];
  }

  async function texts({ texts: swarms, count, reward, options = {}, seed = 1, window = [0, 1] }: Job) {
    const rows = swarms * count;
    const key = keyOf(seed);
    const guide = { via: 'particles' as const, reward: (all: readonly RewardedText[]) => all.map(reward) };
    const planned = { label: 'black', path: '', factory: black, via: 'particles', weight: 1, options: [{}], guide } as const;
    const run = particleRun({
      guides: [{ ...planned, window, tree: { leaf: { ...planned, weights: {} } } }],
      options: { count, every: 3, potential: 'difference', choose: 'best', ...options },
      rows,
      swarms: Array.from({ length: swarms }, (_, s) => ({
        rows: Array.from({ length: count }, (_, k) => s * count + k),
        target: 0,
        key: split(key, 'text', s),
      })),
      textOf,
    });
    const sampler = createSampler(device, {
      denoiser: letters,
      weights: toyWeights,
      size: { rows, maxTokens: L, embeddingWidth: D, vocabularySize: V },
      steps: renoiseSteps(continuousLevels(STEPS)),
      temperature: 1,
      clamp: false,
      steering: { inner: 1, step: 0.1, momentum: 0, scale: 'max-norm', floor: 0, prior: 0 },
      guides: [],
    });
    const probs = await sampler.sample({
      start: normal(split(key, 'start'), rows * L * D),
      noiseAt: (step) => normal(split(key, step), rows * L * D),
      factors: new Float32Array(rows * L * V),
      guideInputs: [],
      observers: [run],
    });
    const all = Array.from({ length: rows }, (_, row) => textOf(row, probs));
    const chosen = await run.choose(all);
    return { chosen, written: chosen.map(({ row }) => all[row]!) };
  }

  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

  it('reaches higher rewards than the best of as many texts', async () => {
    const job = { texts: 24, count: 8, reward: (text: RewardedText) => 3 * countOfC(text) };
    const steered = await texts(job);
    const best = await texts({ ...job, options: { every: 1000 } }); // never looks: the best of 8
    expect(mean(best.written.map(countOfC)), 'of 8 letters, 2.7 by chance').to.be.within(3.5, 5.5);
    expect(mean(steered.written.map(countOfC))).to.be.above(mean(best.written.map(countOfC)) + 1);
    const more = await texts({ ...job, texts: 6, count: 32 });
    expect(mean(more.written.map(countOfC))).to.be.above(mean(steered.written.map(countOfC)));
  });

  it('draws texts by weight in proportion to p e^reward', async () => {
    // A first letter c is worth 1.5 nats more; the rest does not matter.
    const reward = ({ tokens }: RewardedText) => (tokens[0] === 'c' ? 1.5 : 0);
    const share = mean(
      (await texts({ texts: 200, count: 16, reward, options: { choose: 'draw' } })).written.map(({ tokens }) => Number(tokens[0] === 'c')),
    ); // prettier-ignore
    const exact = Math.exp(1.5) / (Math.exp(1.5) + 2); // 0.69
    expect(share).to.be.closeTo(exact, 4 * Math.sqrt((exact * (1 - exact)) / 200));
    const drawnOfOne = await texts({ texts: 200, count: 2, reward: () => 0, options: { choose: 'draw' } });
    expect(mean(drawnOfOne.written.map(({ tokens }) => Number(tokens[0] === 'c')))).to.be.closeTo(
      1 / 3,
      4 * Math.sqrt(2 / 9 / 200),
    );
  });

  it('logs an effective sample size per look and one at the end, and resamples if it is below half', async () => {
    const uneven = await texts({ texts: 2, count: 4, reward: (text) => 20 * countOfC(text) });
    for (const { log } of uneven.chosen) {
      expect(log.ess).to.have.length(9 + 1); // 30 steps, every 3, not the last
      expect(log.ess.every((size) => size >= 1 && size <= 4)).to.equal(true);
      expect(log.resampled).to.be.above(0);
    }
    const equal = await texts({ texts: 2, count: 4, reward: () => -7 });
    expect(equal.chosen.map(({ log }) => log)).to.deep.equal(
      Array.from({ length: 2 }, () => ({ ess: new Array<number>(10).fill(4), resampled: 0, reward: -7 })),
    );
    const late = await texts({ texts: 1, count: 4, reward: () => 0, window: [0.5, 1] });
    expect(late.chosen[0]!.log.ess, 'looks after the steps 18, 21, 24, 27, and the end').to.have.length(5);
  });

  it('never mixes the trajectories of one text with those of another', async () => {
    const { chosen } = await texts({ texts: 5, count: 4, reward: (text) => 20 * countOfC(text) });
    chosen.forEach(({ row }: Chosen, s) => expect(Math.floor(row / 4)).to.equal(s));
  });

  it('makes the same texts from the same seed', async () => {
    const job = { texts: 3, count: 8, reward: countOfC };
    expect(await texts(job)).to.deep.equal(await texts(job));
    expect((await texts({ ...job, seed: 2 })).written).to.not.deep.equal((await texts(job)).written);
  });
});
