import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../engine/tf.js';

/**
 * A draw of q(x_t | x_0) = sqrt(alphaBar) x_0 + sqrt(1 - alphaBar) noise (Ho et al. 2020, eq. 4).
 * @param x0 [B, L, D]
 * @param alphaBar [B], or [] for all rows
 * @param noise standard normal, [B, L, D]
 */
export function qSample(x0: Tensor, alphaBar: Tensor, noise: Tensor): Tensor {
  const kept = eachRow(alphaBar);
  return tf.add(tf.mul(tf.sqrt(kept), x0), tf.mul(tf.sqrt(tf.sub(1, kept)), noise));
}

/**
 * The mean of a reverse step, cX x + c0 x_0; of the posterior q(x_next | x, x_0) with the coefficients of `ddpmLevels`.
 * @param x latents before the step, [B, L, D]
 * @param x0 clean or predicted x_0, [B, L, D]
 * @param coefficients of a Level, each [B], or [] for all rows
 */
export function reverseMean(x: Tensor, x0: Tensor, { cX, c0 }: { readonly cX: Tensor; readonly c0: Tensor }): Tensor {
  return tf.add(tf.mul(eachRow(cX), x), tf.mul(eachRow(c0), x0));
}

/** [B] as [B, 1, 1]; a scalar stays one. */
const eachRow = (values: Tensor): Tensor => (values.rank === 0 ? values : tf.reshape(values, [-1, 1, 1]));
