import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../../lib/engine/tf.js';
import type { Tensors } from '../../lib/engine/types.js';
import { linear, linearParams } from '../../lib/model/layers.js';
import type { ParamSpec } from '../../lib/model/types.js';

/** Returns the parameters of `pooledLogits` for token states of `width` numbers. */
export const poolingParams = (width: number, outputs: number): ParamSpec[] => linearParams('pooled', width, outputs);

/**
 * Pools the logits of tokens into those of a text: the logarithm of the mean of their exponentials. One confident token is enough, and the
 * gradient goes to the tokens that carry the evidence, not evenly to all of them as through a mean of states.
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
