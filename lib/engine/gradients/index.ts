/** The one table of gradients. Takes kernels of tfjs; gives their gradient functions; knows nothing of devices. */
import { fusedGradients } from '../ops.js';
import { roundedGradients } from '../product.js';
import { tf, whenLoaded } from '../tf.js';
import { arithmeticGradients } from './arithmetic.js';
import { contractionGradients } from './contract.js';
import { elementwiseGradients } from './elementwise.js';
import type { Gradients } from './gradient.js';
import { indexingGradients } from './indexing.js';
import { reductionGradients } from './reduce.js';
import { shapeGradients } from './shape.js';

/**
 * The gradient of each kernel that has one, on every device. tfjs-core keeps its own in files that only a bundler can load; these
 * are the same, except for the entries that say what tfjs lacks or gets wrong.
 */
export const gradients: Gradients = {
  ...elementwiseGradients,
  ...arithmeticGradients,
  ...shapeGradients,
  ...reductionGradients,
  ...contractionGradients,
  ...indexingGradients,
  ...fusedGradients,
  ...roundedGradients,
};

/** Registers these gradients in tfjs, replacing any that a package of tfjs registered. */
export function registerGradients(): void {
  for (const [kernelName, gradient] of Object.entries(gradients)) {
    if ((tf.getGradient(kernelName) as unknown) !== undefined) tf.unregisterGradient(kernelName);
    tf.registerGradient({ kernelName, ...gradient });
  }
}

whenLoaded(registerGradients);
