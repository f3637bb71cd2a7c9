import type { Tensor } from '@tensorflow/tfjs-core';
import { type Key, normal, permutation, split, uniform } from '../base/random.js';
import { qSample } from '../diffusion/forward.js';
import { embedded, paperObjective, tokenCrossEntropy } from '../diffusion/objectives.js';
import { TIME_MAX } from '../diffusion/schedule.js';
import { tf } from '../engine/tf.js';
import type { HostTensor, Tensors, TensorSpec } from '../engine/types.js';
import type { ModelConfig, PaperConfig } from '../model/denoiser/config.js';
import { sqrtAlphaBarTensor } from '../model/denoiser/noise-level.js';
import { paperDenoiser } from '../model/denoiser/paper.js';
import type { Denoiser } from '../model/types.js';
import type { Loss } from './step.js';

/** Training objective of a denoiser, with the random numbers that it draws per step. */
export interface Objective {
  /** Inputs of the loss other than `ids` [B, L]. */
  inputs(rows: number): TensorSpec[];
  /** Draws their values for a step. */
  draw(rows: number, key: Key): Record<string, HostTensor>;
  readonly loss: Loss;
  /**
   * Ways to complete a batch before the loss is differentiated, with the share of the steps that take each. Self-conditioning has
   * two: without and with a previous prediction.
   */
  readonly contexts: readonly { readonly share: number; complete(weights: Tensors, batch: Tensors): Record<string, Tensor> }[];
}

/** How a denoiser's batches are drawn. */
export interface ObjectiveOptions {
  /** Share of the steps with self-conditioning, 0 to 1. */
  readonly selfConditioning: number;
  /** A range of noise levels that is drawn more often. */
  readonly focus?: Focus | undefined;
}

/** `share` of the noise levels lie between the times `from` and `to`, evenly; the others lie outside, evenly. */
export interface Focus {
  readonly from: number;
  readonly to: number;
  readonly share: number;
}

export function objectiveOf(config: ModelConfig, denoiser: Denoiser, options: ObjectiveOptions): Objective {
  const { maxTokens, embeddingWidth } = config;
  const noiseOf = (rows: number, key: Key): HostTensor => ({
    dtype: 'float32',
    shape: [rows, maxTokens, embeddingWidth],
    data: normal(key, rows * maxTokens * embeddingWidth),
  });
  const latents = (rows: number) => [rows, maxTokens, embeddingWidth];
  return config.recipe === 'paper' ? endToEnd(config, latents, noiseOf) : crossEntropy(denoiser, options, latents, noiseOf);
}

type Latents = (rows: number) => number[];
type Noise = (rows: number, key: Key) => HostTensor;

/** Returns the cross-entropy of the tokens, which trains embeddings and network together (CDCD, arXiv 2211.15089, section 3.1). */
function crossEntropy(
  denoiser: Denoiser,
  { selfConditioning, focus }: ObjectiveOptions,
  latents: Latents,
  noiseOf: Noise,
): Objective {
  const noisy = (weights: Tensors, { ids, time, noise }: Tensors) =>
    qSample(embedded(denoiser.embeddings(weights), ids!), sqrtAlphaBarTensor(time!), noise!);
  return {
    inputs: (rows) => [
      { name: 'time', shape: [rows] },
      { name: 'noise', shape: latents(rows) },
    ],
    draw: (rows, key) => ({
      time: { dtype: 'float32', shape: [rows], data: stratified(rows, key).map((share) => TIME_MAX * focused(share, focus)) },
      noise: noiseOf(rows, split(key, 'noise')),
    }),
    loss: (weights, batch) => {
      const { logits } = denoiser.denoise(weights, noisy(weights, batch), batch['time']!, batch['previousX0']!);
      return tf.mean(tokenCrossEntropy(logits, batch['ids']!));
    },
    contexts: [
      { share: 1 - selfConditioning, complete: (_, batch) => ({ previousX0: tf.zerosLike(batch['noise']!) }) },
      {
        share: selfConditioning,
        // The prediction without self-conditioning; gradients do not flow through it (arXiv 2208.04202, section 3.2).
        complete: (weights, batch) => {
          const x = noisy(weights, batch);
          return { previousX0: denoiser.denoise(weights, x, batch['time']!, tf.zerosLike(x)).x0 };
        },
      },
    ],
  };
}

/** Returns L_e2e_simple (Li et al. 2022, equation 2). */
function endToEnd(config: PaperConfig, latents: Latents, noiseOf: Noise): Objective {
  const objective = paperObjective(paperDenoiser(config), config.schedule as never, config.steps);
  return {
    inputs: (rows) => [
      { name: 'steps', shape: [rows], dtype: 'int32' },
      { name: 'noise', shape: latents(rows) },
      { name: 'noiseStart', shape: latents(rows) },
    ],
    draw: (rows, key) => ({
      steps: {
        dtype: 'int32',
        shape: [rows],
        data: Int32Array.from(stratified(rows, key), (share) => Math.floor(share * config.steps)),
      },
      noise: noiseOf(rows, split(key, 'noise')),
      noiseStart: noiseOf(rows, split(key, 'start')),
    }),
    loss: (weights, { ids, steps, noise, noiseStart }) =>
      tf.mean(objective.endToEnd(weights, { ids: ids!, steps: steps!, noise: noise! }, noiseStart!).loss),
    contexts: [{ share: 1, complete: () => ({}) }],
  };
}

/** Returns uniform numbers in [0, 1), one in each of `count` equal intervals, so that every batch covers all noise levels. */
function stratified(count: number, key: Key): Float32Array {
  const jitter = uniform(split(key, 'jitter'), count);
  const place = permutation(split(key, 'place'), count);
  return Float32Array.from({ length: count }, (_, i) => (place[i]! + jitter[i]!) / count);
}

/** Maps a uniform number in [0, 1) to a time in [0, 1) whose density is higher in the focus. */
export function focused(share: number, focus: Focus | undefined): number {
  if (!focus) return share;
  const { from, to } = focus;
  const outside = (1 - focus.share) / (1 - (to - from)); // density
  const below = outside * from; // probability of a time before the focus
  if (share < below) return share / outside;
  if (share < below + focus.share) return from + ((share - below) * (to - from)) / focus.share;
  return to + (share - below - focus.share) / outside;
}
