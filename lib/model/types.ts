import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/types.js';

export interface ParamSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** `normal` is the standard deviation of random initial values; `values` are given values, row-major. */
  readonly init: 'zeros' | 'ones' | { readonly normal: number } | { readonly values: Float32Array };
}

export interface Prediction {
  /** Scores of the tokens in nats, up to a constant per position. */
  readonly logits: Tensor; // [B, L, V]
  /** Predicted clean embeddings. */
  readonly x0: Tensor; // [B, L, D]
}

/** A denoising network: pure functions of its weights, so that they can be traced, differentiated and run on any device. */
export interface Denoiser {
  readonly parameters: readonly ParamSpec[];
  /**
   * True if predicted x0 is the mean of the embeddings under the token probabilities (CDCD), false if it is a separate output (the
   * paper).
   */
  readonly interpolates: boolean;
  /** Returns the clean embedding of each token. */
  embeddings(weights: Tensors): Tensor; // [V, D]
  /**
   * Predicts logits and x0.
   *
   * @param x noisy embeddings, [B, L, D]
   * @param time noise level as networks see it, [B]
   * @param previousX0 the last predicted x0, or zeros (self-conditioning, arXiv 2208.04202), [B, L, D]
   */
  denoise(weights: Tensors, x: Tensor, time: Tensor, previousX0: Tensor): Prediction;
}
