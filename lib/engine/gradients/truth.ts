import type { GradConfig } from '@tensorflow/tfjs-core';
import { tf } from '../tf.js';

/**
 * What is true or false does not move with its inputs. tfjs says so of GreaterEqual only and refuses to differentiate a tf.where
 * that depends on any of the others.
 */
const comparisons = ['Greater', 'Less', 'LessEqual', 'Equal', 'NotEqual', 'LogicalAnd', 'LogicalOr'];
const predicates = ['LogicalNot'];

export const truthGradients: GradConfig[] = [
  ...comparisons.map((kernelName): GradConfig => ({
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (_dy, [a, b]) => ({ a: () => tf.zeros(a!.shape), b: () => tf.zeros(b!.shape) }),
  })),
  ...predicates.map((kernelName): GradConfig => ({
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (_dy, [x]) => ({ x: () => tf.zeros(x!.shape) }),
  })),
];
