import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../engine/tf.js';

/**
 * Draws from q(x_t | x_0) = sqrt(alphaBar) x_0 + sqrt(1 - alphaBar) noise (Ho et al. 2020, eq. 4).
 *
 * @param x0 [B, L, D]
 * @param alphaBar [B], or [] for all rows
 * @param noise standard normal, [B, L, D]
 * @returns x_t, [B, L, D]
 */
export function qSample(x0: Tensor, alphaBar: Tensor, noise: Tensor): Tensor {
  const kept = alphaBar.rank === 0 ? alphaBar : tf.reshape(alphaBar, [-1, 1, 1]); // [B, 1, 1] or []
  return tf.add(tf.mul(tf.sqrt(kept), x0), tf.mul(tf.sqrt(tf.sub(1, kept)), noise));
}

/**
 * Returns the mean of a reverse step, cX x + c0 x_0 + cPrevious previousX0. With the coefficients of `ddpmSteps` it is the mean of the
 * posterior q(x_next | x, x_0) (Ho et al. 2020, eq. 7).
 *
 * @param x latents before the step, [B, L, D]
 * @param x0 clean or predicted x_0, [B, L, D]
 * @param previousX0 x_0 as predicted by the step before, [B, L, D]
 * @param coefficients of a ReverseStep, [] each
 * @returns [B, L, D]
 */
export function reverseMean(x: Tensor, x0: Tensor, previousX0: Tensor, { cX, c0, cPrevious }: MeanCoefficients): Tensor {
  return tf.add(tf.add(tf.mul(cX, x), tf.mul(c0, x0)), tf.mul(cPrevious, previousX0));
}

interface MeanCoefficients {
  readonly cX: Tensor;
  readonly c0: Tensor;
  readonly cPrevious: Tensor;
}
