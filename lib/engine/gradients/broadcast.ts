import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { padRank, sameShape } from '../shapes.js';
import { tf } from '../tf.js';

/** Kernels whose inputs broadcast but whose gradients in tfjs do not sum back to the shapes of the inputs. */
const kernelNames = ['Maximum', 'Minimum', 'SquaredDifference', 'BatchMatMul'];

export const broadcastGradients: GradConfig[] = kernelNames.map((kernelName) => {
  const original = tf.getGradient(kernelName);
  return {
    ...original,
    gradFunc(dy, saved, attributes) {
      const { a, b } = original.gradFunc(dy, saved, attributes);
      return { a: () => summedTo(a!(), saved[0]!.shape), b: () => summedTo(b!(), saved[1]!.shape) };
    },
  };
});

function summedTo(gradient: Tensor, shape: readonly number[]): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  const padded = padRank(shape, gradient.shape.length);
  const axes = padded.map((_, axis) => axis).filter((axis) => padded[axis] === 1 && gradient.shape[axis] !== 1);
  return tf.reshape(tf.sum(gradient, axes, true), [...shape]);
}

/** One sum, where tfjs adds up a slice for each repetition. A broadcast is a tile to tfjs. */
export const tileGradient: GradConfig = {
  kernelName: 'Tile',
  inputsToSave: ['x'],
  gradFunc(dy, [x], { reps }) {
    const apart = x!.shape.flatMap((dim, axis) => [(reps as number[])[axis]!, dim]); // repetitions and elements, in turn
    const repetitions = apart.map((_, axis) => axis).filter((axis) => axis % 2 === 0);
    return { x: () => tf.reshape(tf.sum(tf.reshape(dy as Tensor, apart), repetitions), x!.shape) };
  },
};
