import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../tf.js';
import { binary, float, type Gradient, type Gradients, summedTo } from './gradient.js';

/** Copies a gradient: the tape disposes of it once it is added to another one, so no two inputs may share a tensor. */
const copy = (dy: Tensor): Tensor => dy.clone();

const quotient = binary(
  (dy, _a, b) => tf.div(dy, float(b)),
  (dy, a, b) => tf.neg(tf.div(summedTo(tf.mul(dy, float(a)), b.shape), float(tf.square(b)))),
);

const power: Gradient = {
  inputsToSave: ['a', 'b'],
  outputsToSave: [true],
  gradFunc(dy, saved) {
    const [a, b, y] = saved as [Tensor, Tensor, Tensor];
    const da = () => tf.mul(dy as Tensor, tf.mul(float(b), tf.pow(a, tf.sub(float(b), 1))));
    const db = () => tf.mul(dy as Tensor, tf.mul(y, tf.where(tf.greater(a, 0), tf.log(a), tf.zerosLike(a))));
    return { a: () => summedTo(da(), a.shape), b: () => summedTo(db(), b.shape) };
  },
};

const prelu: Gradient = {
  inputsToSave: ['x', 'alpha'],
  gradFunc(gradient, saved) {
    const [dy, x, alpha] = [gradient as Tensor, ...saved] as [Tensor, Tensor, Tensor];
    const isPositive = tf.greater(x, 0);
    return {
      x: () => tf.where(isPositive, dy, tf.mul(dy, alpha)),
      alpha: () => summedTo(tf.where(isPositive, tf.zerosLike(dy), tf.mul(dy, x)), alpha.shape),
    };
  },
};

/** Kernels of several inputs that broadcast. Those of tfjs for Maximum, Minimum and SquaredDifference do not sum back to the inputs' shapes. */
export const arithmeticGradients: Gradients = {
  Add: binary(copy, copy),
  AddN: {
    saveAllInputs: true,
    gradFunc: (dy, terms) => Object.fromEntries(terms.map((_, i) => [i, () => copy(dy as Tensor)])),
  },
  Sub: binary(copy, (dy, _a, b) => tf.neg(summedTo(dy, b.shape))),
  Multiply: binary(
    (dy, _a, b) => tf.mul(dy, float(b)),
    (dy, a) => tf.mul(dy, float(a)),
  ),
  RealDiv: quotient,
  FloorDiv: quotient,
  Mod: binary(copy, (dy, a, b) => tf.mul(dy, tf.neg(tf.floor(tf.div(a, b))))),
  Pow: power,
  Maximum: binary(
    (dy, a, b) => tf.mul(dy, float(tf.greaterEqual(a, b))),
    (dy, a, b) => tf.mul(dy, float(tf.less(a, b))),
  ),
  Minimum: binary(
    (dy, a, b) => tf.mul(dy, float(tf.lessEqual(a, b))),
    (dy, a, b) => tf.mul(dy, float(tf.greater(a, b))),
  ),
  SquaredDifference: binary(
    (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(a, b))),
    (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(b, a))),
  ),
  Prelu: prelu,
};
