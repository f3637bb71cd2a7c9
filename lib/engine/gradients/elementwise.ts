import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../tf.js';
import { float, type Gradient, type Gradients, linearMap, throughResult, unary } from './gradient.js';

/** The derivative is zero wherever it exists. */
const flat = linearMap((dy) => tf.zerosLike(dy));

/** Comparisons do not change with their inputs. tfjs has this for GreaterEqual only and refuses to differentiate a tf.where of the others. */
const comparison: Gradient = {
  inputsToSave: ['a', 'b'],
  gradFunc: (_dy, [a, b]) => ({ a: () => tf.zeros(a!.shape), b: () => tf.zeros(b!.shape) }),
};

const root = (x: Tensor): Tensor => tf.sqrt(tf.sub(1, tf.square(float(x)))); // sqrt(1 - x^2)

const functions: Gradients = {
  Neg: linearMap((dy) => tf.neg(dy)),
  Abs: unary((dy, x) => tf.mul(dy, tf.step(float(x), -1))),
  Square: unary((dy, x) => tf.mul(dy, tf.mul(float(x), 2))),
  Sqrt: unary((dy, x) => tf.div(dy, tf.mul(tf.sqrt(float(x)), 2))),
  Rsqrt: unary((dy, x) => tf.neg(tf.div(dy, tf.mul(tf.pow(x, 1.5), 2)))),
  Reciprocal: unary((dy, x) => tf.div(dy, tf.neg(tf.square(x)))),
  Exp: throughResult(tf.exp, (dy, y) => tf.mul(dy, y)),
  Expm1: unary((dy, x) => tf.mul(dy, tf.exp(x))),
  Log: unary((dy, x) => tf.div(dy, float(x))),
  Log1p: unary((dy, x) => tf.div(dy, tf.add(x, 1))),
  Erf: unary((dy, x) => tf.mul(dy, tf.mul(tf.exp(tf.neg(tf.square(x))), 2 / Math.sqrt(Math.PI)))),
  Sin: unary((dy, x) => tf.mul(tf.cos(float(x)), dy)),
  Cos: unary((dy, x) => tf.mul(tf.neg(tf.sin(float(x))), dy)),
  Tan: unary((dy, x) => tf.div(dy, tf.square(tf.cos(x)))),
  Asin: unary((dy, x) => tf.div(dy, root(x))),
  Acos: unary((dy, x) => tf.neg(tf.div(dy, root(x)))),
  Atan: unary((dy, x) => tf.div(dy, tf.add(tf.square(float(x)), 1))),
  Sinh: unary((dy, x) => tf.mul(tf.cosh(float(x)), dy)),
  Cosh: unary((dy, x) => tf.mul(tf.sinh(float(x)), dy)),
  Tanh: throughResult(tf.tanh, (dy, y) => tf.mul(tf.sub(1, tf.square(y)), dy)),
  Asinh: unary((dy, x) => tf.div(dy, tf.sqrt(tf.add(1, tf.square(float(x)))))),
  Acosh: unary((dy, x) => tf.div(dy, tf.sqrt(tf.sub(tf.square(float(x)), 1)))),
  Atanh: unary((dy, x) => tf.div(dy, tf.sub(1, tf.square(float(x))))),
};

const activations: Gradients = {
  Sigmoid: throughResult(tf.sigmoid, (dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y)))),
  Softplus: unary((dy, x) => tf.mul(dy, tf.sigmoid(x))),
  Relu: unary((dy, x) => tf.mul(dy, float(tf.step(x)))),
  Relu6: unary((dy, x) => tf.mul(dy, float(tf.mul(tf.lessEqual(x, 6), tf.step(x))))),
  LeakyRelu: unary((dy, x, { alpha }) => tf.where(tf.greater(x, 0), dy, tf.mul(dy, alpha as number))),
  Elu: {
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({ x: () => tf.engine().runKernel<Tensor>('EluGrad', { dy: dy as Tensor, y: y! }) }),
  },
  Selu: unary((dy, x) => {
    const negative = tf.mul(tf.mul(dy, tf.backend_util.SELU_SCALEALPHA), tf.exp(float(x)));
    return tf.where(tf.greater(x, 0), tf.mul(dy, tf.backend_util.SELU_SCALE), negative);
  }),
  ClipByValue: unary((dy, x, { clipValueMin, clipValueMax }) => {
    const isInside = tf.logicalAnd(tf.greaterEqual(x, clipValueMin as number), tf.lessEqual(x, clipValueMax as number));
    return tf.where(isInside, dy, tf.zerosLike(dy));
  }),
};

const constants: Gradients = {
  ...Object.fromEntries(['Sign', 'Step', 'Floor', 'Ceil', 'Round'].map((kernel) => [kernel, flat])),
  ...Object.fromEntries(['IsNan', 'IsInf', 'IsFinite', 'ZerosLike', 'OnesLike'].map((kernel) => [kernel, flat])),
  ...Object.fromEntries(['Greater', 'GreaterEqual', 'Less', 'LessEqual'].map((kernel) => [kernel, comparison])),
  ...Object.fromEntries(['Equal', 'NotEqual', 'LogicalAnd', 'LogicalOr'].map((kernel) => [kernel, comparison])),
  LogicalNot: unary((_dy, x) => tf.zeros(x.shape)),
};

export const elementwiseGradients: Gradients = {
  ...functions,
  ...activations,
  ...constants,
  Identity: linearMap(float),
  Cast: linearMap((dy) => dy.clone()),
  Select: {
    inputsToSave: ['condition'],
    gradFunc: (dy, [condition]) => ({
      condition: () => float(tf.zerosLike(condition!)),
      t: () => tf.mul(dy as Tensor, tf.cast(condition!, (dy as Tensor).dtype)),
      e: () => tf.mul(dy as Tensor, tf.cast(tf.logicalNot(condition!), (dy as Tensor).dtype)),
    }),
  },
};
