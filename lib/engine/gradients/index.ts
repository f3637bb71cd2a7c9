import type { GradConfig } from '@tensorflow/tfjs-core';
import { tf } from '../tf.js';
import { broadcastGradients, tileGradient } from './broadcast.js';
import { cumsumGradient } from './cumsum.js';
import { einsumGradient } from './einsum.js';
import { secondOrderGradients } from './second-order.js';
import { truthGradients } from './truth.js';

/** Gradients that tfjs lacks or gets wrong; they hold on every device. */
for (const gradient of [
  cumsumGradient,
  einsumGradient,
  tileGradient,
  ...broadcastGradients,
  ...secondOrderGradients,
  ...truthGradients,
]) {
  const known = tf.getGradient(gradient.kernelName) as GradConfig | undefined;
  if (known !== undefined) tf.unregisterGradient(gradient.kernelName);
  tf.registerGradient(gradient);
}
