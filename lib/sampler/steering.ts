import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../engine/tf.js';
import type { Tensors } from '../engine/types.js';
import type { GradientGuide, StepState } from '../guide/contract.js';

/** How gradient guides move latents. */
export interface SteeringOptions {
  /** Gradient steps per reverse step. */
  readonly inner: number;
  /** Length of a gradient step in units of sqrt(D), the norm of an embedding. */
  readonly step: number;
  /** Share of the move of the previous reverse step that is made before the first gradient step. */
  readonly momentum: number;
  /**
   * `max-norm`: the token with the largest gradient moves by `step`, the others by less. `sign`: every number moves by `step`, as in
   * the original code. `none`: weight * sigma^2 * gradient (Dhariwal and Nichol 2021, algorithm 1).
   */
  readonly scale: 'max-norm' | 'sign' | 'none';
  /** Gradient norm per token, nats per unit, below which `max-norm` moves tokens by less than `step`. */
  readonly floor: number;
  /** Pull to the mean of the reverse step: a share of the way per gradient step, or with `sign` the coefficient of |x - mean|^2 / sigma. */
  readonly prior: number;
}

/** A gradient guide with its tensors in a step. */
export interface ActiveGuide {
  readonly guide: GradientGuide<unknown>;
  readonly inputs: Tensors;
  readonly weights: Tensors;
  /** Weight in each row, [B, 1, 1], or in all rows, []. */
  readonly weight: Tensor;
}

/** Latents after the gradient steps of a reverse step. */
export interface Steered {
  readonly x: Tensor; // [B, L, D]
  /** From the latents before, for the momentum of the next reverse step. */
  readonly move: Tensor; // [B, L, D]
  /** For each guide, the log-probability before the last gradient step, [B] nats. */
  readonly logProbs: readonly Tensor[];
}

/**
 * Moves latents [B, L, D] up the gradients of the guides' log-probabilities, `inner` times. The gradient is taken where momentum has moved
 * them to (Nesterov 1983), so that a control which the previous move already satisfies adds little to it.
 *
 * @param stateOf returns the state that the guides see at given latents
 * @param previousMove of the previous reverse step, [B, L, D]; zeros if there was none
 */
export function steer(
  x: Tensor,
  mean: Tensor,
  guides: readonly ActiveGuide[],
  stateOf: (x: Tensor) => StepState,
  options: SteeringOptions,
  previousMove: Tensor,
): Steered {
  if (guides.length === 0) return { x, move: tf.zerosLike(x), logProbs: [] };
  const move = MOVES[options.scale];
  let at = options.momentum === 0 ? x : tf.add(x, tf.mul(previousMove, options.momentum));
  let logProbs: Tensor[] = [];
  for (let i = 0; i < options.inner; i++) {
    const slopes = guides.map((active) => slopeOf(active, at, stateOf));
    at = move(at, mean, slopes, stateOf(at).sigma, options);
    logProbs = slopes.map(({ logProb }) => logProb);
  }
  return { x: at, move: tf.sub(at, x), logProbs };
}

/** A guide's log-probability of latents and its gradient. */
interface Slope {
  readonly logProb: Tensor; // [B]
  readonly gradient: Tensor; // [B, L, D]
  readonly weight: Tensor; // [B, 1, 1] or []
}

/** Rows are independent, so the gradient of the sum over rows holds the gradient of each row. */
function slopeOf({ guide, inputs, weights, weight }: ActiveGuide, x: Tensor, stateOf: (x: Tensor) => StepState): Slope {
  const { value, grad } = tf.valueAndGrad((z: Tensor) => guide.logProb(z, stateOf(z), inputs, weights))(x);
  return { logProb: value, gradient: grad, weight };
}

type Move = (x: Tensor, mean: Tensor, slopes: readonly Slope[], sigma: Tensor, options: SteeringOptions) => Tensor;

const MOVES: Readonly<Record<SteeringOptions['scale'], Move>> = { 'max-norm': maxNormMove, sign: signMove, none: plainMove };

function maxNormMove(x: Tensor, mean: Tensor, slopes: readonly Slope[], _sigma: Tensor, options: SteeringOptions): Tensor {
  const directions = slopes.map(({ gradient, weight }) => {
    const norms = tf.sqrt(tf.sum(tf.square(gradient), -1, true)); // [B, L, 1]
    const largest = tf.maximum(tf.max(norms, 1, true), Math.max(options.floor, 1e-12)); // [B, 1, 1]
    return tf.mul(weight, tf.div(gradient, largest));
  });
  const length = options.step * Math.sqrt(x.shape.at(-1)!);
  const moved = tf.add(x, tf.mul(sum(directions), length));
  return pulled(moved, mean, options.prior);
}

function plainMove(x: Tensor, mean: Tensor, slopes: readonly Slope[], sigma: Tensor, { prior }: SteeringOptions): Tensor {
  const moved = tf.add(x, tf.mul(tf.square(sigma), weightedGradient(slopes)));
  return pulled(moved, mean, prior);
}

/**
 * Takes the step of the original: the first step of a new Adagrad, step * g / (|g| + 1e-10) for the gradient g of
 * sum of weight * log p - prior * |x - mean|^2 / sigma (Diffusion-LM, infill_util.py, langevin_fn3).
 */
function signMove(x: Tensor, mean: Tensor, slopes: readonly Slope[], sigma: Tensor, { step, prior }: SteeringOptions): Tensor {
  const spread = tf.where(tf.greater(sigma, 0), sigma, tf.onesLike(sigma)); // the last step has no noise: |x - mean|^2 itself
  const gradient = tf.sub(weightedGradient(slopes), tf.mul(tf.div(tf.sub(x, mean), spread), 2 * prior));
  return tf.add(x, tf.mul(tf.div(gradient, tf.add(tf.abs(gradient), 1e-10)), step));
}

/** Returns the gradient of the sum of weight * log p. */
const weightedGradient = (slopes: readonly Slope[]): Tensor =>
  sum(slopes.map(({ gradient, weight }) => tf.mul(weight, gradient)));

/** Moves latents a share of the way back to the mean. */
const pulled = (x: Tensor, mean: Tensor, share: number): Tensor => (share === 0 ? x : tf.sub(x, tf.mul(tf.sub(x, mean), share)));

const sum = (tensors: readonly Tensor[]): Tensor => tensors.reduce((a, b) => tf.add(a, b));
