import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { tf } from '../engine/tf.js';

/** Returns the negative log-probability of each token in nats, [B, L], from logits [B, L, V] and tokens [B, L]. */
export function tokenCrossEntropy(logits: Tensor, ids: Tensor): Tensor {
  const size = logits.shape.at(-1)!;
  const logProbs = tf.logSoftmax(tf.reshape(logits, [-1, size]) as Tensor2D); // [B * L, V]
  // A product rather than a gather, because its gradient is cheap.
  const chosen = tf.mul(logProbs, tf.oneHot(tf.reshape(ids, [-1]) as Tensor1D, size)); // [B * L, V]
  return tf.reshape(tf.neg(tf.sum(chosen, -1)), ids.shape);
}
