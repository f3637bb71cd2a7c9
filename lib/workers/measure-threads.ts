import { availableParallelism } from 'node:os';
import { keyOf, normal, split } from '../base/random.js';
import { concat } from '../engine/arrays.js';
import { renoiseSteps } from '../diffusion/reverse-steps.js';
import { continuousLevels } from '../diffusion/schedule.js';
import { openDevice } from '../engine/devices/open.js';
import { denoiserOf } from '../model/checkpoint/checkpoint.js';
import type { ScoreInterpolationConfig } from '../model/denoiser/config.js';
import { initialParameters } from '../model/parameters.js';
import { createSampler } from '../sampler/index.js';

/** How fast a batch goes with some threads. */
export interface ThreadSpeed {
  readonly threads: number;
  readonly batchesPerSecond: number;
}

/** A model of the usual size, untrained: how fast a network runs does not depend on its weights. */
const MODEL: ScoreInterpolationConfig = {
  ...{ format: 'diffusteer', version: 1, recipe: 'score-interpolation' },
  ...{ vocabularySize: 700, maxTokens: 48, embeddingWidth: 16, layers: 4, width: 256, heads: 8, feedForward: 1024 },
};
const ROWS = 32;
const STEPS = 3;
const ROUNDS = 4;
const MOST_THREADS = 8;
/** Share of its part of the cores that a thread must use, so that threads of one batch are as good as batches of one thread each. */
const LEAST_SHARE = 0.9;

/**
 * Measures how fast one batch goes with 1, 2, 4 and 8 threads, as far as there are cores. Takes about two seconds for each.
 *
 * @returns the speeds, and the most threads that all do nearly the work of one alone
 */
export async function measureThreads(cores = availableParallelism()): Promise<{ best: number; speeds: ThreadSpeed[] }> {
  const speeds: ThreadSpeed[] = [];
  for (let threads = 1; threads <= Math.min(cores, MOST_THREADS); threads *= 2)
    speeds.push({ threads, batchesPerSecond: await batchesPerSecond(threads) });
  return { best: bestOf(speeds), speeds };
}

/** Returns the most threads that share a batch with little loss. */
export function bestOf(speeds: readonly ThreadSpeed[]): number {
  const alone = speeds[0]!.batchesPerSecond;
  const good = speeds.filter(({ threads, batchesPerSecond }) => batchesPerSecond >= LEAST_SHARE * threads * alone);
  return Math.max(1, ...good.map(({ threads }) => threads));
}

async function batchesPerSecond(threads: number): Promise<number> {
  const { maxTokens, embeddingWidth, vocabularySize } = MODEL;
  const device = await openDevice('onnx-cpu', { threads, precision: 'auto' });
  const denoiser = denoiserOf(MODEL);
  const sampler = createSampler(device, {
    denoiser,
    weights: initialParameters(denoiser.parameters, keyOf(1)),
    size: { rows: ROWS, maxTokens, embeddingWidth, vocabularySize },
    steps: renoiseSteps(continuousLevels(STEPS, 1)),
    temperature: 1,
    clamp: false,
    steering: { inner: 1, step: 0.1, momentum: 0, scale: 'max-norm', floor: 0, prior: 0 },
    guides: [],
  });
  const noiseAt = (label: string | number) =>
    concat(Array.from({ length: ROWS }, (_, row) => normal(split(keyOf(row), label), maxTokens * embeddingWidth)));
  const batch = {
    start: noiseAt('start'),
    noiseAt,
    factors: new Float32Array(ROWS * maxTokens * vocabularySize),
    guideInputs: [],
  };
  try {
    await sampler.sample(batch); // compiles
    let bestMs = Infinity;
    for (let round = 0; round < ROUNDS; round++) {
      const begun = performance.now();
      await sampler.sample(batch);
      bestMs = Math.min(bestMs, performance.now() - begun);
    }
    return 1000 / bestMs;
  } finally {
    await device.dispose();
  }
}
