import type { GradConfig, Tensor } from '@tensorflow/tfjs';
import { TRACE_BACKEND, traceBackend } from './trace/backend.js';
import { GELU, LAYER_NORM } from './trace/kernels/fused.js';
import { tf } from './tf.js';

const isTraced = (): boolean => tf.getBackend() === TRACE_BACKEND;

/**
 * Layer normalisation over the last axis (Ba et al. 2016).
 *
 * @param x [..., W]
 * @param gamma, beta [W]
 */
export function layerNorm(x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): Tensor {
  if (isTraced()) return tf.engine().runKernel<Tensor[]>(LAYER_NORM, { x, gamma, beta }, { epsilon })[0]!;
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true); // [..., 1]
  return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), gamma), beta);
}

/** x Phi(x), with the exact normal distribution (Hendrycks and Gimpel 2016). */
export function gelu(x: Tensor): Tensor {
  if (isTraced()) return tf.engine().runKernel<Tensor>(GELU, { x });
  return tf.mul(x, normalCdf(x));
}

const normalCdf = (x: Tensor): Tensor => tf.add(tf.mul(tf.erf(tf.mul(x, Math.SQRT1_2)), 0.5), 0.5);

/**
 * Scaled dot-product attention with several heads (Vaswani et al. 2017, eq. 1).
 *
 * @param q, k, v [B, L, W]; k and v may have another length than q
 * @param heads H, which divides W
 * @param bias added to the scores before the softmax; broadcasts to [B, H, L, L]
 * @returns [B, L, W]
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, heads: number, bias?: Tensor): Tensor {
  const [batch, length, width] = q.shape as [number, number, number];
  const headWidth = width / heads;
  const split = (x: Tensor) => tf.transpose(tf.reshape(x, [batch, -1, heads, headWidth]), [0, 2, 1, 3]); // [B, H, L, W / H]
  const products = tf.matMul(tf.mul(split(q), 1 / Math.sqrt(headWidth)), split(k), false, true); // [B, H, L, L]
  const weights = tf.softmax(bias === undefined ? products : tf.add(products, bias));
  return tf.reshape(tf.transpose(tf.matMul(weights, split(v)), [0, 2, 1, 3]), [batch, length, width]);
}

/** Sums over all axes but the last, as one matrix product: [..., W] to [W]. */
function sumRows(x: Tensor): Tensor {
  const width = x.shape.at(-1)!;
  const rows = tf.reshape(x, [-1, width]);
  return tf.reshape(tf.matMul(tf.ones([1, rows.shape[0]!]), rows), [width]);
}

/** The mean over the last axis of x times `weights`, as one matrix product: [..., W] to [..., 1]. */
function weightedMean(x: Tensor, weights: Tensor): Tensor {
  const width = x.shape.at(-1)!;
  const column = tf.reshape(tf.div(weights, width), [width, 1]);
  return tf.reshape(tf.matMul(tf.reshape(x, [-1, width]), column), [...x.shape.slice(0, -1), 1]);
}

const layerNormGradient: GradConfig = {
  kernelName: LAYER_NORM,
  inputsToSave: ['x', 'gamma'],
  outputsToSave: [false, true, true],
  gradFunc(dys, saved) {
    const [dy, dMean, dInverseDeviation] = dys as [Tensor, Tensor, Tensor];
    const [x, gamma, mean, inverseDeviation] = saved as [Tensor, Tensor, Tensor, Tensor];
    const normal = tf.mul(tf.sub(x, mean), inverseDeviation);
    const product = tf.mul(dy, normal);
    const dx = () => {
      const centred = tf.sub(tf.mul(dy, gamma), weightedMean(dy, gamma));
      const direct = tf.mul(tf.sub(centred, tf.mul(normal, weightedMean(product, gamma))), inverseDeviation);
      if (traceBackend.isZero(dMean) && traceBackend.isZero(dInverseDeviation)) return direct;
      // in a gradient of this gradient the two statistics depend on x as well
      const viaDeviation = tf.mul(tf.mul(normal, tf.square(inverseDeviation)), dInverseDeviation);
      return tf.add(direct, tf.div(tf.sub(dMean, viaDeviation), x.shape.at(-1)!));
    };
    return { x: dx, gamma: () => sumRows(product), beta: () => sumRows(dy) };
  },
};

/** The derivative of x Phi(x) is Phi(x) + x phi(x). */
const geluGradient: GradConfig = {
  kernelName: GELU,
  inputsToSave: ['x'],
  gradFunc(dy, saved) {
    const [x] = saved as [Tensor];
    const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return { x: () => tf.mul(dy as Tensor, tf.add(normalCdf(x), tf.mul(x, density))) };
  },
};

for (const gradient of [layerNormGradient, geluGradient]) tf.registerGradient(gradient);
