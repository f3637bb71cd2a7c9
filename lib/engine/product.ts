import type { Tensor } from '@tensorflow/tfjs-core';
import type { Gradient, Gradients } from './gradients/gradient.js';
import { tf } from './tf.js';
import { ROUNDED_PRODUCT } from './trace/kernels/rounded.js';
import { tracedPrecision } from './trace/traced.js';

// Below these, rounding takes longer than it saves; or the rows are those of a batch, as of its noise levels, and little is to be saved.
const MIN_ROWS = 40;
const MIN_WIDTH = 64;
const TINY = 1e-30; // the scale of a row of zeros

/**
 * Multiplies the rows of x by the weights of a layer. A device of precision int8 rounds large ones to 8 bits for it (Jacob et al. 2018, arXiv
 * 1712.05877), and for the gradient that goes back to x, but not for that of the weights (SwitchBack, Wortsman et al. 2023, arXiv 2304.13013).
 *
 * @param x [N, I]
 * @param w [I, O]
 * @returns [N, O]
 */
export function weightProduct(x: Tensor, w: Tensor): Tensor {
  const isLarge = x.shape[0]! >= MIN_ROWS && Math.min(...w.shape) >= MIN_WIDTH;
  if (!isLarge || tracedPrecision() !== 'int8') return tf.matMul(x, w);
  return roundedProduct(x, w, false);
}

const roundedProduct = (x: Tensor, w: Tensor, transposeW: boolean): Tensor =>
  tf.engine().runKernel<Tensor>(ROUNDED_PRODUCT, { x, w }, { transposeW });

/**
 * Multiplies with one scale per row. x has one scale for all rows, but gradients of different texts differ by orders of magnitude, and on
 * one scale the small ones would become zeros.
 */
function productByRows(rows: Tensor, w: Tensor, transposeW: boolean): Tensor {
  const scale = tf.maximum(tf.max(tf.abs(rows), -1, true), TINY); // [N, 1]
  return tf.mul(roundedProduct(tf.div(rows, scale), w, transposeW), scale);
}

const roundedProductGradient: Gradient = {
  inputsToSave: ['x', 'w'],
  gradFunc(dy, saved, attributes) {
    const [rows, x, w] = [dy as Tensor, ...saved] as [Tensor, Tensor, Tensor];
    const transposeW = attributes['transposeW'] as unknown as boolean;
    return {
      x: () => productByRows(rows, w, !transposeW),
      w: () => (transposeW ? tf.matMul(rows, x, true) : tf.matMul(x, rows, true)),
    };
  },
};

export const roundedGradients: Gradients = { [ROUNDED_PRODUCT]: roundedProductGradient };
