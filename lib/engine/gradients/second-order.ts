import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../tf.js';
import { isDifferentiated } from './tape.js';

interface Recomputed {
  readonly kernelName: string;
  readonly input: string;
  compute(x: Tensor, attributes: Record<string, unknown>): Tensor;
}

/**
 * Kernels whose gradient uses their own result. tfjs saves that result apart from the tape, so that a gradient of the gradient
 * silently takes it for a constant; here it is computed again where a gradient of the gradient may follow. tf.logSoftmax is beyond reach: it is no kernel but a tf.customGrad.
 */
const kernels: Recomputed[] = [
  { kernelName: 'Exp', input: 'x', compute: (x) => tf.exp(x) },
  { kernelName: 'Sigmoid', input: 'x', compute: (x) => tf.sigmoid(x) },
  { kernelName: 'Tanh', input: 'x', compute: (x) => tf.tanh(x) },
  { kernelName: 'Softmax', input: 'logits', compute: (x, { dim }) => tf.softmax(x, dim as number) },
];

export const secondOrderGradients: GradConfig[] = kernels.map(({ kernelName, input, compute }) => {
  const { gradFunc } = tf.getGradient(kernelName);
  return {
    kernelName,
    inputsToSave: [input],
    outputsToSave: [true],
    gradFunc: (dy, [x, y], attributes) => gradFunc(dy, [isDifferentiated() ? compute(x!, attributes) : y!], attributes),
  };
});
