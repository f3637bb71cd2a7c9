import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../../lib/engine/index.js';
import type { Tensors } from '../../lib/engine/types.js';
import { linear, linearParams } from '../../lib/model/layers.js';
import type { ParamSpec } from '../../lib/model/types.js';

/** Parameters of `pooledLogits` for token states of `width` numbers. */
export const poolingParams = (width: number, outputs: number): ParamSpec[] => linearParams('pooled', width, outputs);

/**
 * Logits of a text from those of its tokens: the logarithm of the mean of their exponentials. One token that is sure is enough, and
 * the gradient goes to the tokens that carry the answer, not evenly to all of them as a mean of states would send it.
 *
 * @param states [B, L, W]
 * @returns [B, outputs]
 */
export function pooledLogits(states: Tensor, weights: Tensors): Tensor {
  const logits = linear(weights, 'pooled', states); // [B, L, outputs]
  const largest = tf.max(logits, 1, true); // [B, 1, outputs]
  const mean = tf.mean(tf.exp(tf.sub(logits, largest)), 1); // [B, outputs]
  return tf.add(tf.log(mean), tf.squeeze(largest, [1]));
}
