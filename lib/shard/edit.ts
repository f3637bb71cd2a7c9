import { editDistance } from '../base/edit-distance.js';
import { embedded } from '../diffusion/objectives.js';
import { type ReverseStep, stepsFrom } from '../diffusion/reverse-steps.js';
import type { Device, GraphFunction, HostTensor } from '../engine/types.js';
import type { Checkpoint } from '../model/checkpoint/checkpoint.js';
import type { GivenText } from '../plan/given-texts.js';
import type { EditLog } from '../run/sample-line.js';
import type { BranchPoint } from '../sampler/index.js';

/** Returns log-factors [L, V] that favour the words of a text at their positions by `keep` nats over all others. */
export function keepFactors({ ids }: GivenText, keep: number, vocabularySize: number): Float32Array {
  const factors = new Float32Array(ids.length * vocabularySize).fill(-keep);
  ids.forEach((id, i) => (factors[i * vocabularySize + id] = 0));
  return factors;
}

/** The embeddings of given texts, clean and noised. */
export interface EditStart {
  readonly start: Float32Array; // [B, L, D]
  readonly previousX0: Float32Array; // [B, L, D]
}

/** Noises given texts. @param ids of each row, [L] @param noise standard normal, [B, L, D] */
export type Noiser = (ids: readonly Int32Array[], noise: Float32Array) => Promise<EditStart>;

/** Returns a function that noises texts to `alphaBar`, the level of the first reverse step (SDEdit: Meng et al. 2021, arXiv 2108.01073, algorithm 2). */
export function createNoiser(device: Device, { denoiser, config, weights }: Checkpoint, alphaBar: number): Noiser {
  const graph: GraphFunction = (inputs) => ({ x0: embedded(denoiser.embeddings(inputs), inputs['ids']!) }); // [B, L, D]
  return async (ids, noise) => {
    const shape = [ids.length, config.maxTokens];
    const program = await device.compile(graph, [{ name: 'ids', shape, dtype: 'int32' }], weights);
    const data = new Int32Array(ids.length * config.maxTokens);
    ids.forEach((row, i) => data.set(row, i * config.maxTokens));
    const out = await program.run({ ids: { dtype: 'int32', shape, data } });
    const previousX0 = out['x0']!.data as Float32Array;
    const [kept, fresh] = [Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)];
    return { previousX0, start: previousX0.map((value, i) => kept * value + fresh * noise[i]!) };
  };
}

/** Noises texts of a run to an earlier level of it. @param ids of each row, [L] @param noise standard normal, [B, L, D] */
export type Repairer = (ids: readonly Int32Array[], noise: Float32Array) => Promise<BranchPoint>;

/**
 * Returns a function that noises texts so that a run continues with the last of its reverse steps.
 *
 * @param share of the steps that remain, as `edit.noise`
 */
export function createRepairer(device: Device, checkpoint: Checkpoint, steps: readonly ReverseStep[], share: number): Repairer {
  const [{ step, alphaBar }] = stepsFrom(steps, share) as [ReverseStep];
  const noised = createNoiser(device, checkpoint, alphaBar);
  const { maxTokens, embeddingWidth } = checkpoint.config;
  return async (ids, noise) => {
    const { start, previousX0 } = await noised(ids, noise);
    const tensor = (data: Float32Array): HostTensor => ({
      dtype: 'float32',
      shape: [ids.length, maxTokens, embeddingWidth],
      data,
    });
    return { step: step - 1, latents: { x: tensor(start), previousX0: tensor(previousX0) } };
  };
}

/** Compares a finished text with the text that it was made from. */
export function editLog({ tokens: from }: GivenText, to: readonly string[]): EditLog {
  const { distance, kept } = editDistance(from, to);
  const longer = Math.max(from.length, to.length, 1);
  return { distance, share: rounded(distance / longer), kept: rounded(from.length === 0 ? 1 : kept / from.length) };
}

const rounded = (value: number): number => Number(value.toFixed(4));
