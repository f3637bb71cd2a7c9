import type { Tensor } from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { tf } from '../../../lib/engine/index.js';
import { anything, describeCases, expectAgreement, flags, integers, inUnit, positive, type Case, type Input } from '../agree.js';

type Make = (...shape: number[]) => Input;
type Unary = (x: Tensor) => Tensor;
type Binary = (a: Tensor, b: Tensor) => Tensor;

const oddShapes = [[], [1], [2, 1, 3], [0]];
const largerThanOne: Make = (...shape) => ({ ...positive(...shape), number: (x) => Math.abs(x) + 1.1 });
const small: Make = (...shape) => ({ ...anything(...shape), number: (x) => x * 1e-4 });

const unaries: [string, Unary, Make][] = [
  ['neg', tf.neg, anything],
  ['abs', tf.abs, anything],
  ['sqrt', tf.sqrt, positive],
  ['rsqrt', tf.rsqrt, positive],
  ['exp', tf.exp, anything],
  ['expm1', tf.expm1, anything],
  ['log', tf.log, positive],
  ['log1p', tf.log1p, positive],
  ['erf', tf.erf, anything],
  ['square', tf.square, anything],
  ['reciprocal', tf.reciprocal, positive],
  ['sin', tf.sin, anything],
  ['cos', tf.cos, anything],
  ['tan', tf.tan, inUnit],
  ['asin', tf.asin, inUnit],
  ['acos', tf.acos, inUnit],
  ['atan', tf.atan, anything],
  ['sinh', tf.sinh, anything],
  ['cosh', tf.cosh, anything],
  ['tanh', tf.tanh, anything],
  ['asinh', tf.asinh, anything],
  ['acosh', tf.acosh, largerThanOne],
  ['atanh', tf.atanh, inUnit],
  ['sigmoid', tf.sigmoid, anything],
  ['logSigmoid', tf.logSigmoid, anything],
  ['softplus', tf.softplus, anything],
  ['relu', tf.relu, anything],
  ['relu6', (x) => tf.relu6(tf.mul(x, 5)), anything],
  ['elu', tf.elu, anything],
  ['selu', tf.selu, anything],
  ['leakyRelu', (x) => tf.leakyRelu(x, 0.3), anything],
  ['step', (x) => tf.step(x, 0.2), anything],
  ['clipByValue', (x) => tf.clipByValue(x, -0.5, 0.7), anything],
  ['sign', tf.sign, anything],
  ['floor', tf.floor, anything],
  ['ceil', tf.ceil, anything],
  ['round', tf.round, anything],
  ['pow of a number', (x) => tf.pow(x, 1.7), positive],
  ['pow of a number to x', (x) => tf.pow(0.9, x), anything],
];

const binaries: [string, Binary, Make][] = [
  ['add', tf.add, anything],
  ['sub', tf.sub, anything],
  ['mul', tf.mul, anything],
  ['div', tf.div, positive],
  ['pow', tf.pow, positive],
  ['maximum', tf.maximum, anything],
  ['minimum', tf.minimum, anything],
  ['squaredDifference', tf.squaredDifference, anything],
  ['mod', tf.mod, positive],
];

const broadcasts = [
  [[2, 3], [2, 3]],
  [[3], [2, 3]],
  [[2, 1, 3], [4, 1]],
  [[], [2, 3]],
  [[1, 1], [1]],
  [[0, 3], [3]],
] as const; // prettier-ignore

const bothWays = broadcasts.flatMap(([a, b]) => [[a, b], [b, a]] as const); // prettier-ignore

describeCases('kernels of one input', [
  ...unaries.flatMap(([name, fn, make]) => oddShapes.map((shape): Case => ({ name, fn, inputs: [make(...shape)] }))),
  { name: 'log1p of small numbers', fn: (x) => tf.mul(tf.log1p(x), 1e4), inputs: [small(7)] },
  { name: 'expm1 of small numbers', fn: (x) => tf.mul(tf.expm1(x), 1e4), inputs: [small(7)] },
  { name: 'logSigmoid of large numbers', fn: tf.logSigmoid, inputs: [{ ...anything(7), number: (x) => x * 50 }] },
  { name: 'softplus of large numbers', fn: (x) => tf.softplus(tf.mul(x, 50)), inputs: [anything(7)] },
]);

describeCases('kernels of two inputs', [
  ...binaries.flatMap(([name, fn, make]) =>
    bothWays.map(([a, b]): Case => ({
      name,
      fn,
      inputs: [make(...a), { ...make(...b), number: (x) => make().number(x, 0) * 0.8 }],
    })),
  ),
  { name: 'prelu', fn: (x, alpha) => tf.prelu(x, alpha), inputs: [anything(2, 3), anything(3)] },
  { name: 'addN', fn: (a, b, c) => tf.addN([a, b, c]), inputs: [anything(2, 3), anything(2, 3), anything(2, 3)] },
  {
    name: 'div of integers',
    fn: tf.div,
    inputs: [integers(50)(5), { ...integers(5)(5), number: (_, i) => (i % 2 ? 3 : -4) }],
    hasGradient: false,
  },
  { name: 'add of an integer and a float', fn: tf.add, inputs: [integers(9)(2, 3), anything(3)] },
  {
    name: 'integers',
    fn: (a, b) => tf.sub(tf.mul(a, b), tf.maximum(a, tf.neg(b))),
    inputs: [integers(9)(2, 3), integers(5)(3)],
    hasGradient: false,
  },
]);

describeCases('comparisons and choices', [
  ...([tf.greater, tf.greaterEqual, tf.less, tf.lessEqual, tf.equal, tf.notEqual] as Binary[]).flatMap((fn) => [
    { name: fn.name, fn, inputs: [anything(2, 3), anything(3)], hasGradient: false },
    { name: fn.name, fn, inputs: [integers(3)(4, 1), integers(3)(2, 1, 5)], hasGradient: false },
  ]),
  { name: 'logical', fn: (a, b) => tf.logicalOr(tf.logicalAnd(a, b), tf.logicalNot(b)), inputs: [flags(2, 3), flags(3)], hasGradient: false },
  { name: 'logicalXor', fn: (a, b) => tf.logicalXor(a, b), inputs: [flags(2, 3), flags(3)], hasGradient: false },
  { name: 'isNaN, isInf, isFinite', fn: (x) => tf.stack([tf.isNaN(tf.log(x)), tf.isInf(tf.div(1, tf.relu(x))), tf.isFinite(tf.log(x))].map((y) => y.toFloat())), inputs: [anything(7)], hasGradient: false },
  { name: 'where', fn: (c, a, b) => tf.where(c, a, b), inputs: [flags(2, 3), anything(2, 3), anything(2, 3)] },
  { name: 'where', fn: (c, a, b) => tf.where(c, a, b), inputs: [flags(3), anything(2, 3), anything(1, 3)] },
  { name: 'where of flags', fn: (c, a, b) => tf.where(c, a, b), inputs: [flags(3), flags(3), flags(3)], hasGradient: false },
  { name: 'where against a number', fn: (a, b) => tf.where(tf.greater(a, b), tf.square(a), tf.scalar(-1e9)), inputs: [anything(2, 3), anything(3)] },
  ...(['float32', 'int32', 'bool'] as const).flatMap((dtype) => [
    { name: `cast to ${dtype}`, fn: (x: Tensor) => tf.cast(tf.mul(x, 3), dtype), inputs: [anything(5)], hasGradient: dtype === 'float32' },
    { name: `cast to ${dtype}`, fn: (x: Tensor) => tf.cast(x, dtype), inputs: [flags(5)], hasGradient: false },
    { name: `cast to ${dtype}`, fn: (x: Tensor) => tf.cast(x, dtype), inputs: [integers(3)(5)], hasGradient: false },
  ]),
]); // prettier-ignore

describe('any shapes that broadcast', () => {
  const dims = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 });
  const pair = dims.chain((shape) => {
    const side = fc.tuple(fc.nat(shape.length), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }));
    const cut = ([drop, ones]: [number, boolean[]]) => shape.map((dim, i) => (ones[i] ? 1 : dim)).slice(drop);
    return fc.tuple(side.map(cut), side.map(cut));
  });
  it('give the numbers and gradients of tfjs', () =>
    fc.assert(
      fc.asyncProperty(pair, ([a, b]) => {
        const fn = (x: Tensor, y: Tensor) => tf.sub(tf.mul(x, tf.exp(y)), tf.maximum(x, y));
        return expectAgreement({ name: 'broadcast', fn, inputs: [anything(...a), anything(...b)] });
      }),
      { numRuns: 30 },
    ));
});
