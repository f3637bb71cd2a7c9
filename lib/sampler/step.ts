import type { Tensor } from '@tensorflow/tfjs-core';
import { reverseMean } from '../diffusion/forward.js';
import { tf } from '../engine/tf.js';
import type { StepState } from '../guide/contract.js';
import type { Prediction } from '../model/types.js';

/** The numbers of a `ReverseStep` as scalars of the graph: x_(t-1) = cX x_t + c0 x_0 + cPrevious previousX0 + sigma z. */
export interface StepTensors {
  readonly time: Tensor; // [], as networks see it
  readonly nextTime: Tensor; // []
  readonly alphaBar: Tensor; // []
  readonly nextAlphaBar: Tensor; // []
  readonly cX: Tensor; // []
  readonly c0: Tensor; // []
  readonly cPrevious: Tensor; // []
  readonly sigma: Tensor; // []
}

/** Tensors that pass from one step to the next. */
export interface Carry {
  readonly x: Tensor; // [B, L, D]
  readonly previousX0: Tensor; // [B, L, D]
}

/** The parts of a run that act in a step. A part is the identity if the run has none. Only the first L' positions, at most L, may hold words. */
export interface StepParts {
  /** Predicts the logits and x_0 of the first L' positions. */
  denoise(x: Tensor, time: Tensor, previousX0: Tensor): Prediction;
  /** Returns logits of all positions, as guides see them. */
  whole(logits: Tensor): Tensor; // [B, L, V]
  /** Returns token probabilities from logits: temperature, then the factors of all posterior guides. */
  constrain(logits: Tensor): Tensor; // [B, L', V]
  /** Returns predicted x_0 from probabilities, or the network's own; clamped if the run clamps. */
  estimate(probs: Tensor, prediction: Prediction): Tensor; // [B, L, D]
  project(x0: Tensor, state: StepState): Tensor;
  /** Moves predicted x_0 up the x0-gradient guides. */
  steerX0(x0: Tensor, state: (x0: Tensor) => StepState): Tensor;
  /** Moves x_(t-1) up the gradient guides. */
  steerLatents(x: Tensor, mean: Tensor, state: (x: Tensor) => StepState): Tensor;
}

/**
 * Takes one reverse step: denoises, applies the posterior factors, projects x_0, moves x_0, draws the next latents and moves them.
 *
 * @param noise standard normal, [B, L, D]
 * @returns the next carry, and the token probabilities and logits of this step, [B, L', V] each
 */
export function reverseStep(
  carry: Carry,
  noise: Tensor,
  step: StepTensors,
  parts: StepParts,
): Carry & { readonly probs: Tensor; readonly logits: Tensor } {
  const { x } = carry;
  const rows = x.shape[0]!;
  const time = tf.broadcastTo(tf.reshape(step.time, [1]), [rows]); // [B]
  const nextTime = tf.broadcastTo(tf.reshape(step.nextTime, [1]), [rows]); // [B]

  const prediction = parts.denoise(x, time, carry.previousX0);
  const probs = parts.constrain(prediction.logits); // [B, L', V]
  const estimate = parts.estimate(probs, prediction); // [B, L, D]
  const meanOf = (x0: Tensor) => reverseMean(x, x0, carry.previousX0, step);
  const shared = { logits: parts.whole(prediction.logits), sigma: step.sigma };
  const atX0 = (x0: Tensor): StepState => ({ ...shared, x, x0, mean: meanOf(x0), time, alphaBar: step.alphaBar });

  const x0 = parts.project(estimate, atX0(estimate));
  const y = parts.steerX0(x0, atX0);
  const mean = meanOf(x0);
  // The whole move of x_0 is added: the posterior mean alone would carry only the share c0 of it, which is too weak.
  const drawn = tf.add(tf.add(mean, tf.mul(step.sigma, noise)), tf.sub(y, x0));
  const atNext = (z: Tensor): StepState => ({ ...shared, x: z, x0, mean, time: nextTime, alphaBar: step.nextAlphaBar });
  return { x: parts.steerLatents(drawn, mean, atNext), previousX0: x0, probs, logits: prediction.logits };
}
