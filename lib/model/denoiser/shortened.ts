import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../../engine/tf.js';
import { firstTokens } from '../layers.js';
import type { Denoiser } from '../types.js';

/**
 * Returns a denoiser that looks at the first tokens of a sequence only, for texts that are known to end there. The work grows with the length.
 *
 * @param length L', at most L
 * @returns a denoiser of [B, L, D]; its logits and x0 beyond L' are zeros
 */
export function shortened(denoiser: Denoiser, length: number): Denoiser {
  return {
    ...denoiser,
    denoise(weights, x, time, previousX0) {
      const { logits, x0 } = denoiser.denoise(weights, firstTokens(x, length), time, firstTokens(previousX0, length));
      const padded = (y: Tensor) => tf.pad(y, [[0, 0], [0, x.shape[1]! - length], [0, 0]]); // prettier-ignore
      return { logits: padded(logits), x0: padded(x0) }; // [B, L, V], [B, L, D]
    },
  };
}
