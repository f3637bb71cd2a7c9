import type { Tensor } from '@tensorflow/tfjs-core';
import type { Gradient, Gradients } from './gradients/gradient.js';
import { isDifferentiated } from './gradients/tape.js';
import { padRank } from './shapes.js';
import { customGrad, tf } from './tf.js';
import { ATTENTION, GELU, LAYER_NORM } from './trace/kernels/fused.js';
import { isAttentionFused, isTraced } from './trace/traced.js';

/**
 * Normalises the last axis (layer normalisation, Ba et al. 2016).
 *
 * @param x [..., W]
 * @param gamma scale, [W]
 * @param beta offset, [W]
 */
export function layerNorm(x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): Tensor {
  if (isTraced()) return tf.engine().runKernel<Tensor[]>(LAYER_NORM, { x, gamma, beta }, { epsilon })[0]!;
  const [mean, inverseDeviation] = statistics(x, epsilon);
  return tf.add(tf.mul(tf.mul(tf.sub(x, mean), inverseDeviation), gamma), beta);
}

/** Returns the mean and the inverse standard deviation of each row, [..., 1]. */
function statistics(x: Tensor, epsilon: number): [Tensor, Tensor] {
  const mean = tf.mean(x, -1, true);
  const variance = tf.mean(tf.squaredDifference(x, mean), -1, true);
  return [mean, tf.rsqrt(tf.add(variance, epsilon))];
}

/** Returns x Phi(x), with the exact normal distribution (Hendrycks and Gimpel 2016). */
export function gelu(x: Tensor): Tensor {
  if (!isTraced()) return tf.mul(x, normalCdf(x));
  return isDifferentiated() ? differentiableGelu(x) : tf.engine().runKernel<Tensor>(GELU, { x });
}

const normalCdf = (x: Tensor): Tensor => tf.add(tf.mul(tf.erf(tf.mul(x, Math.SQRT1_2)), 0.5), 0.5);

/** Returns x times the density of the standard normal distribution: s exp(-s^2) / sqrt(pi) with s = x / sqrt(2). */
function timesDensity(x: Tensor): Tensor {
  const s = tf.mul(x, Math.SQRT1_2); // the graph has it from Phi(x)
  const square = tf.square(s);
  // The quotient is a pass less. Its own gradient would be infinity by infinity where the exponential overflows.
  const bell = isDifferentiated() ? tf.mul(s, tf.exp(tf.neg(square))) : tf.div(s, tf.exp(square));
  return tf.mul(bell, 1 / Math.sqrt(Math.PI));
}

/** Its derivative is Phi(x) + x phi(x); the graph computes Phi(x) once for both. */
const differentiableGelu = customGrad((...inputs) => {
  const [x, save] = inputs as unknown as [Tensor, (tensors: Tensor[]) => void];
  save([x]);
  const gradFunc = (dy: Tensor, saved: Tensor[]) => {
    const [z] = saved as [Tensor];
    return tf.mul(dy, tf.add(normalCdf(z), timesDensity(z)));
  };
  return { value: tf.mul(x, normalCdf(x)), gradFunc };
});

/**
 * Computes scaled dot-product attention with several heads (Vaswani et al. 2017, eq. 1).
 *
 * @param q queries, [B, L, W]
 * @param k keys, [B, L', W]; L' may differ from L
 * @param v values, [B, L', W]
 * @param heads H, which divides W
 * @param bias added to the scores before the softmax; broadcasts to [B, H, L, L']
 * @returns [B, L, W]
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, heads: number, bias?: Tensor): Tensor {
  const [batch, length, width] = q.shape as [number, number, number];
  const headWidth = width / heads;
  if (isAttentionFused() && !isDifferentiated()) return fusedAttention(q, k, v, heads, bias);
  const split = (x: Tensor) => tf.transpose(tf.reshape(x, [batch, -1, heads, headWidth]), [0, 2, 1, 3]); // [B, H, L, W / H]
  const products = tf.matMul(tf.mul(split(q), 1 / Math.sqrt(headWidth)), split(k), false, true); // [B, H, L, L]
  const weights = tf.softmax(bias === undefined ? products : tf.add(products, bias));
  return tf.reshape(tf.transpose(tf.matMul(weights, split(v)), [0, 2, 1, 3]), [batch, length, width]);
}

/** Records attention as one node of onnxruntime, which has no gradient. */
function fusedAttention(q: Tensor, k: Tensor, v: Tensor, heads: number, bias?: Tensor): Tensor {
  if (bias === undefined) return tf.engine().runKernel<Tensor>(ATTENTION, { q, k, v }, { heads });
  const scores = [1, 1, q.shape[1]!, k.shape[1]!]; // the node wants the last two at full size
  const shape = padRank(bias.shape, 4).map((dim, axis) => Math.max(dim, scores[axis]!));
  return tf.engine().runKernel<Tensor>(ATTENTION, { q, k, v, bias: tf.broadcastTo(bias, shape) }, { heads });
}

/** Sums over all axes but the last, as one matrix product: [..., W] to [W]. */
function sumRows(x: Tensor): Tensor {
  const width = x.shape.at(-1)!;
  const rows = tf.reshape(x, [-1, width]);
  return tf.reshape(tf.matMul(tf.ones([1, rows.shape[0]!]), rows), [width]);
}

/** Returns the mean over the last axis of x times `weights`, as one matrix product: [..., W] to [..., 1]. */
function weightedMean(x: Tensor, weights: Tensor): Tensor {
  const width = x.shape.at(-1)!;
  const column = tf.reshape(tf.div(weights, width), [width, 1]);
  return tf.reshape(tf.matMul(tf.reshape(x, [-1, width]), column), [...x.shape.slice(0, -1), 1]);
}

const layerNormGradient: Gradient = {
  inputsToSave: ['x', 'gamma'],
  outputsToSave: [false, true, true],
  gradFunc(dys, saved, { epsilon }) {
    const dy = (dys as Tensor[])[0]!; // nothing else uses the statistics
    const [x, gamma, ...savedStatistics] = saved as [Tensor, Tensor, Tensor, Tensor];
    // what was saved of the results is a constant to a gradient of this gradient
    const [mean, inverseDeviation] = isDifferentiated() ? statistics(x, epsilon as number) : savedStatistics;
    const normal = tf.mul(tf.sub(x, mean), inverseDeviation);
    const product = tf.mul(dy, normal);
    const dx = () => {
      const centred = tf.sub(tf.mul(dy, gamma), weightedMean(dy, gamma));
      return tf.mul(tf.sub(centred, tf.mul(normal, weightedMean(product, gamma))), inverseDeviation);
    };
    return { x: dx, gamma: () => sumRows(product), beta: () => sumRows(dy) };
  },
};

export const fusedGradients: Gradients = { [LAYER_NORM]: layerNormGradient };
