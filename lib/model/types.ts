import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/types.js';

export interface ParamSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** `normal` is the standard deviation of random initial values; `values` are given ones, row-major. */
  readonly init: 'zeros' | 'ones' | { readonly normal: number } | { readonly values: Float32Array };
}

export interface Prediction {
  /** Scores of the tokens, in nats up to a constant a position. */
  readonly logits: Tensor; // [B, L, V]
  /** What the network takes the clean embeddings to be. */
  readonly x0: Tensor; // [B, L, D]
}

/** A denoising network: plain functions of its weights, so that they can be traced, differentiated and run on any device. */
export interface Denoiser {
  readonly parameters: readonly ParamSpec[];
  /** Whether predicted x_0 is the mean of the embeddings under the token probabilities (CDCD), or an output of its own (the paper). */
  readonly interpolates: boolean;
  /** The clean embedding of each token. */
  embeddings(weights: Tensors): Tensor; // [V, D]
  /**
   * @param x noisy embeddings, [B, L, D]
   * @param time noise level as networks see it, [B]
   * @param previousX0 the last predicted x_0, or zeros (self-conditioning, arXiv 2208.04202), [B, L, D]
   */
  denoise(weights: Tensors, x: Tensor, time: Tensor, previousX0: Tensor): Prediction;
}
