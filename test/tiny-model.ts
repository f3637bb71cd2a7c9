import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tf } from '../lib/engine/index.js';
import type { HostTensor, HostTensors } from '../lib/engine/types.js';
import { denoiserOf, saveCheckpoint } from '../lib/model/checkpoint/checkpoint.js';
import type { ModelConfig, PaperConfig, ScoreInterpolationConfig } from '../lib/model/denoiser/config.js';
import { initialParameters } from '../lib/model/parameters.js';
import { keyOf } from '../lib/base/random.js';
import { vocabularyOf } from '../lib/text/vocabulary.js';
import { wordTokenizer } from '../lib/text/word-tokenizer.js';

/** PAD, UNK, START, END and 16 words. */
export const vocabulary = vocabularyOf('The A is . , quiet green pond heron garden old by and sleeps waits finds'.split(' '));
export const tokenizer = wordTokenizer(vocabulary);

/** The smallest network that has all parts. */
export const tinyConfig: ScoreInterpolationConfig = {
  format: 'diffusteer',
  version: 1,
  recipe: 'score-interpolation',
  vocabularySize: vocabulary.size,
  maxTokens: 8,
  embeddingWidth: 4,
  layers: 2,
  width: 16,
  heads: 4,
  feedForward: 16,
};

export const tinyPaperConfig: PaperConfig = {
  ...tinyConfig,
  recipe: 'paper',
  steps: 40,
  schedule: 'sqrt',
  timeChannels: 8,
  maxPositions: 8,
};

/** Initial weights of a training run. */
export const freshWeights = (config: ModelConfig, seed = 1): Record<string, HostTensor> =>
  initialParameters(denoiserOf(config).parameters, keyOf(seed));

/** Writes a checkpoint of an untrained model. */
export async function writeTinyModel(folder: string, config: ModelConfig = tinyConfig, seed = 1): Promise<void> {
  await saveCheckpoint(folder, { config, tokenizer, weights: freshWeights(config, seed) }, { float16: false });
}

/** Runs `use` with an empty folder, and removes it again. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'diffusteer-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export const floats = (shape: readonly number[], data: ArrayLike<number>): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(data),
});

/** Tensors on the backend of the tests' own formulas. */
export const tensorsOf = (tensors: HostTensors) =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape, dtype }]) => [name, tf.tensor(data as Float32Array, [...shape], dtype)]),
  );
