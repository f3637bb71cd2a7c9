import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../../engine/tf.js';

/**
 * Returns alphaBar(time) = 1 - sqrt(time + 1e-4), at least 1e-6: the sqrt schedule (Li et al. 2022, appendix A) in continuous time.
 */
export function sqrtAlphaBarTensor(time: Tensor): Tensor {
  return tf.maximum(tf.sub(1, tf.sqrt(tf.add(time, 1e-4))), 1e-6);
}
