import { type Key, normal, split } from '../base/random.js';
import { qSample } from '../diffusion/forward.js';
import type { NoiseLevel, ScheduleName } from '../diffusion/index.js';
import { embedded, tokenCrossEntropy } from '../diffusion/objectives.js';
import { continuousLevels, discreteLevels, TIME_MAX } from '../diffusion/schedule.js';
import { tf } from '../engine/tf.js';
import type { Device, GraphFunction, HostTensor, Program, State, TensorSpec } from '../engine/types.js';
import type { ModelConfig } from '../model/denoiser/config.js';
import type { Denoiser } from '../model/types.js';
import { toTokenIds } from '../text/token-ids.js';
import type { TokenRows } from './batches.js';
import { EMA } from './optimizer.js';

/**
 * Returns the ten noise levels of validation: the times 0.1 to 0.9 and the last, or ten evenly spaced steps of the paper's
 * schedule.
 */
export function validationLevels(config: ModelConfig): NoiseLevel[] {
  if (config.recipe === 'paper')
    return discreteLevels(config.schedule as ScheduleName, config.steps, Math.min(10, config.steps)).reverse();
  return continuousLevels([TIME_MAX, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]).reverse();
}

/**
 * Returns the validation of the EMA weights: cross-entropy in nats per token, from START to END, by noise level, in the second of
 * two passes, which is conditioned on the prediction of the first. The key fixes the noise.
 */
export async function validator(
  device: Device,
  denoiser: Denoiser,
  config: ModelConfig,
  set: TokenRows,
  key: Key,
): Promise<(state: State) => Promise<Record<string, number>>> {
  const latents = [set.batchSize, config.maxTokens, config.embeddingWidth];
  const program = await device.compile(validationPass(denoiser), [
    ...denoiser.parameters.map(({ name, shape }): TensorSpec => ({ name: EMA + name, shape })),
    { name: 'ids', shape: latents.slice(0, 2), dtype: 'int32' },
    { name: 'counts', shape: latents.slice(0, 2) },
    { name: 'time', shape: [set.batchSize] },
    { name: 'alphaBar', shape: [set.batchSize] },
    { name: 'noise', shape: latents },
  ]);
  const batches = validationBatches(set);
  return async (state) => {
    const means: [string, number][] = [];
    for (const level of validationLevels(config)) {
      const name = `time ${Number(level.time.toFixed(4))}`;
      means.push([name, await meanAt(program, state, batches, level, latents, split(key, name))]);
    }
    return Object.fromEntries(means);
  };
}

function validationPass(denoiser: Denoiser): GraphFunction {
  return (inputs) => {
    const weights = Object.fromEntries(denoiser.parameters.map(({ name }) => [name, inputs[EMA + name]!]));
    const x = qSample(embedded(denoiser.embeddings(weights), inputs['ids']!), inputs['alphaBar']!, inputs['noise']!);
    const first = denoiser.denoise(weights, x, inputs['time']!, tf.zerosLike(x));
    const { logits } = denoiser.denoise(weights, x, inputs['time']!, first.x0);
    return { nats: tf.sum(tf.mul(tokenCrossEntropy(logits, inputs['ids']!), inputs['counts']!)) };
  };
}

interface ValidationBatch {
  readonly ids: HostTensor;
  /** 1 from START to END of each row, 0 on its PAD and on rows that pad the last batch. */
  readonly counts: HostTensor;
  readonly tokens: number;
}

function validationBatches({ rows, vocabulary, maxTokens, batchSize }: TokenRows): ValidationBatch[] {
  const shape = [batchSize, maxTokens];
  return Array.from({ length: Math.ceil(rows.length / batchSize) }, (_, b) => {
    const ids = new Int32Array(batchSize * maxTokens).fill(vocabulary.pad);
    const part = rows.slice(b * batchSize, (b + 1) * batchSize);
    part.forEach((words, i) => ids.set(toTokenIds(words, vocabulary, maxTokens)!, i * maxTokens));
    const counts = Float32Array.from(ids, (id) => (id === vocabulary.pad ? 0 : 1));
    return {
      ids: { dtype: 'int32', shape, data: ids },
      counts: { dtype: 'float32', shape, data: counts },
      tokens: part.reduce((sum, words) => sum + words.length + 2, 0),
    };
  });
}

async function meanAt(
  program: Program,
  state: State,
  batches: readonly ValidationBatch[],
  { time, alphaBar }: NoiseLevel,
  latents: readonly number[],
  key: Key,
): Promise<number> {
  const size = latents.reduce((a, b) => a * b, 1);
  const filled = (value: number): HostTensor => ({
    dtype: 'float32',
    shape: [latents[0]!],
    data: new Float32Array(latents[0]!).fill(value),
  });
  let nats = 0;
  for (const [i, { ids, counts }] of batches.entries()) {
    const noise: HostTensor = { dtype: 'float32', shape: latents, data: normal(split(key, i), size) };
    const out = await program.run({ ids, counts, time: filled(time), alphaBar: filled(alphaBar), noise }, { state });
    nats += out['nats']!.data[0]!;
  }
  return nats / batches.reduce((sum, { tokens }) => sum + tokens, 0);
}
