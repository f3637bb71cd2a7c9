import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../engine/index.js';
import type { StepState } from '../guide/contract.js';
import type { Prediction } from '../model/types.js';

/** The numbers of a reverse step as scalars of the graph: x_(t-1) = cX x_t + c0 x_0 + sigma z (lib/diffusion/levels.ts). */
export interface StepTensors {
  readonly time: Tensor; // [], as networks see it
  readonly nextTime: Tensor; // []
  readonly alphaBar: Tensor; // []
  readonly nextAlphaBar: Tensor; // []
  readonly cX: Tensor; // []
  readonly c0: Tensor; // []
  readonly sigma: Tensor; // []
}

/** What goes from step to step. */
export interface Carry {
  readonly x: Tensor; // [B, L, D]
  readonly previousX0: Tensor; // [B, L, D]
}

/** Where the parts of a run act on a step; each is the identity where nothing acts. */
export interface StepParts {
  denoise(x: Tensor, time: Tensor, previousX0: Tensor): Prediction;
  /** Token probabilities from logits: temperature, then the factors of all posterior guides. */
  constrain(logits: Tensor): Tensor; // [B, L, V]
  /** Predicted x_0 from probabilities, or the network's own, clamped where asked. */
  estimate(probs: Tensor, prediction: Prediction): Tensor; // [B, L, D]
  project(x0: Tensor, state: StepState): Tensor;
  /** Moves predicted x_0 up the x0-gradient guides. */
  steerX0(x0: Tensor, state: (x0: Tensor) => StepState): Tensor;
  /** Moves x_(t-1) up the gradient guides. */
  steerLatents(x: Tensor, mean: Tensor, state: (x: Tensor) => StepState): Tensor;
}

/**
 * One reverse step: denoise, posterior factors, projections, x_0 moves, draw, latent moves.
 *
 * @param noise standard normal, [B, L, D]
 * @returns the next carry and the token probabilities of this step, [B, L, V]
 */
export function reverseStep(
  carry: Carry,
  noise: Tensor,
  level: StepTensors,
  parts: StepParts,
): Carry & { readonly probs: Tensor } {
  const { x } = carry;
  const rows = x.shape[0]!;
  const time = tf.broadcastTo(tf.reshape(level.time, [1]), [rows]); // [B]
  const nextTime = tf.broadcastTo(tf.reshape(level.nextTime, [1]), [rows]); // [B]

  const prediction = parts.denoise(x, time, carry.previousX0);
  const probs = parts.constrain(prediction.logits); // [B, L, V]
  const estimate = parts.estimate(probs, prediction); // [B, L, D]
  const meanOf = (x0: Tensor) => tf.add(tf.mul(level.cX, x), tf.mul(level.c0, x0));
  const shared = { logits: prediction.logits, sigma: level.sigma };
  const atX0 = (x0: Tensor): StepState => ({ ...shared, x, x0, mean: meanOf(x0), time, alphaBar: level.alphaBar });

  const x0 = parts.project(estimate, atX0(estimate));
  const y = parts.steerX0(x0, atX0);
  const mean = meanOf(x0);
  // The move of x_0 is added whole: carried by the posterior mean alone it is too weak.
  const drawn = tf.add(tf.add(mean, tf.mul(level.sigma, noise)), tf.sub(y, x0));
  const atNext = (z: Tensor): StepState => ({ ...shared, x: z, x0, mean, time: nextTime, alphaBar: level.nextAlphaBar });
  return { x: parts.steerLatents(drawn, mean, atNext), previousX0: x0, probs };
}
