import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../tf.js';

/** The same sum in the other direction; that of tfjs is right for the last axis only. */
export const cumsumGradient: GradConfig = {
  kernelName: 'Cumsum',
  gradFunc(dy, _saved, { axis, exclusive, reverse }) {
    return { x: () => tf.cumsum(dy as Tensor, axis as number, exclusive as boolean, !(reverse as boolean)) };
  },
};
