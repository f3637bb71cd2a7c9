import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { padRank, sameShape, type Shape } from '../shapes.js';
import { tf } from '../tf.js';
import { isDifferentiated } from './tape.js';

/** The gradient of a tfjs kernel: from dL/dy, the saved tensors and the kernel's attributes, dL/dx for each input x. */
export type Gradient = Omit<GradConfig, 'kernelName'>;

/** Gradients by the name of their kernel. */
export type Gradients = Readonly<Record<string, Gradient>>;

type Of<Saved extends Tensor[]> = (dy: Tensor, ...saved: Saved) => Tensor;

/** Returns the entry of y = f(x), whose gradient depends on dy alone. */
export const linearMap = (dx: (dy: Tensor, attributes: NamedAttrMap) => Tensor): Gradient => ({
  gradFunc: (dy, _saved, attributes) => ({ x: () => dx(dy as Tensor, attributes) }),
});

/** Returns the entry of y = f(x), whose gradient depends on x. */
export const unary = (dx: (dy: Tensor, x: Tensor, attributes: NamedAttrMap) => Tensor, input = 'x'): Gradient => ({
  inputsToSave: [input],
  gradFunc: (dy, [x], attributes) => ({ [input]: () => dx(dy as Tensor, x!, attributes) }),
});

/**
 * Returns the entry of y = f(x), whose gradient depends on y. tfjs saves y outside of the tape, so a gradient of the gradient would silently take it for
 * a constant; y is computed again from x if such a gradient may follow.
 */
export const throughResult = (
  f: (x: Tensor, attributes: NamedAttrMap) => Tensor,
  dx: (dy: Tensor, y: Tensor, attributes: NamedAttrMap) => Tensor,
  input = 'x',
): Gradient => ({
  inputsToSave: [input],
  outputsToSave: [true],
  gradFunc(dy, [x, y], attributes) {
    const result = isDifferentiated() ? f(x!, attributes) : y!;
    return { [input]: () => dx(dy as Tensor, result, attributes) };
  },
});

/** Returns the entry of y = f(a, b), whose inputs broadcast: each gradient is summed back to the shape of its input. */
export const binary = (da: Of<[a: Tensor, b: Tensor]>, db: Of<[a: Tensor, b: Tensor]>): Gradient => ({
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, [a, b]) => ({
    a: () => summedTo(da(dy as Tensor, a!, b!), a!.shape),
    b: () => summedTo(db(dy as Tensor, a!, b!), b!.shape),
  }),
});

/** Sums over the dimensions along which a tensor of this shape was broadcast. */
export function summedTo(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  const padded = padRank(shape, gradient.shape.length);
  const axes = padded.map((_, axis) => axis).filter((axis) => padded[axis] === 1 && gradient.shape[axis] !== 1);
  return tf.reshape(tf.sum(gradient, axes, true), [...shape]);
}

export const float = (x: Tensor): Tensor => tf.cast(x, 'float32');
