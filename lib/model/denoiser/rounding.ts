import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { tf } from '../../engine/tf.js';

/**
 * Returns the token whose embedding is nearest to each latent, in L2.
 *
 * @param x0 [B, L, D]
 * @param embeddings [V, D]
 * @returns [B, L], int32
 */
export function nearestTokens(x0: Tensor, embeddings: Tensor): Tensor {
  const flat = tf.reshape(x0, [-1, embeddings.shape[1]!]) as Tensor2D; // [B * L, D]
  // |x - e|^2 = |x|^2 - 2 (x e - |e|^2 / 2), and |x|^2 is the same for all tokens.
  const lengths = tf.mul(0.5, tf.sum(tf.square(embeddings), 1)); // [V]
  const scores = tf.sub(tf.matMul(flat, embeddings as Tensor2D, false, true), lengths); // [B * L, V]
  return tf.reshape(tf.argMax(scores, -1), x0.shape.slice(0, -1));
}

/** Replaces predicted x0 by the nearest embedding: the clamping trick (Li et al. 2022, section 4.2). Shapes as nearestTokens. */
export function clampToNearest(x0: Tensor, embeddings: Tensor): Tensor {
  const tokens = tf.reshape(nearestTokens(x0, embeddings), [-1]);
  return tf.reshape(tf.gather(embeddings, tokens as never), x0.shape);
}
