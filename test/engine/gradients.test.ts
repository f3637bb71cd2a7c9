import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { gelu, layerNorm, openDevice, tf } from '../../lib/engine/index.js';
import { gradients } from '../../lib/engine/gradients/index.js';
import type { Device, HostTensor } from '../../lib/engine/types.js';

type Fn = (x: Tensor) => Tensor;

const values = [0.5, -1.1, 0.7, 1.3, -0.4, 0.2];
const total = (y: Tensor): Tensor<never> => tf.sum(tf.mul(y, tf.tensor(Array.from({ length: y.size }, (_, i) => i + 1), y.shape))); // prettier-ignore
const gradient = (fn: Fn): Fn => tf.grad((x: Tensor) => total(fn(x)));

async function on(device: Device, fn: Fn, x: HostTensor): Promise<Float32Array> {
  const program = await device.compile((inputs) => ({ y: fn(inputs['x']!) }), [{ name: 'x', shape: [2, 3] }]);
  const { y } = await program.run({ x });
  await program.dispose();
  return y!.data as Float32Array;
}

/** Returns the central difference quotients of the function's weighted sum. */
async function quotients(device: Device, fn: Fn): Promise<number[]> {
  const h = 1e-2;
  const at = async (i: number, move: number) => {
    const data = Float32Array.from(values, (value, k) => value + (k === i ? move : 0));
    return (await on(device, (x) => total(fn(x)), { dtype: 'float32', shape: [2, 3], data }))[0]!;
  };
  const list: number[] = [];
  for (let i = 0; i < values.length; i++) list.push(((await at(i, h)) - (await at(i, -h))) / (2 * h));
  return list;
}

const weights = tf.tensor2d([1, 2, -1, 0.5, 3, -2, 0.1, 0.2, 0.3], [3, 3]);
const steepLayerNorm: Fn = (x) => layerNorm(x, tf.tensor1d([1, 2, 3]), tf.zeros([3]), 0.1);

const wide: Fn = (x) => tf.add(tf.square(x), 1.2); // above 1
const inUnit: Fn = (x) => tf.mul(x, 0.6);
const row: Fn = (x) => tf.slice(x, [0, 0], [1, 3]);
const ids = tf.tensor1d([1, 0, 1], 'int32');

/** Cases per kernel. Both devices share the table of gradients, so each is compared with difference quotients. */
const byKernel: Record<string, Fn> = {
  Neg: tf.neg, Abs: tf.abs, Square: tf.square, Sqrt: (x) => tf.sqrt(wide(x)), Rsqrt: (x) => tf.rsqrt(wide(x)),
  Reciprocal: (x) => tf.reciprocal(wide(x)), Exp: tf.exp, Expm1: tf.expm1, Log: (x) => tf.log(wide(x)), Log1p: (x) => tf.log1p(wide(x)),
  Erf: tf.erf, Sin: tf.sin, Cos: tf.cos, Tan: (x) => tf.tan(inUnit(x)), Asin: (x) => tf.asin(inUnit(x)), Acos: (x) => tf.acos(inUnit(x)),
  Atan: tf.atan, Sinh: tf.sinh, Cosh: tf.cosh, Tanh: tf.tanh, Asinh: tf.asinh, Acosh: (x) => tf.acosh(wide(x)),
  Atanh: (x) => tf.atanh(inUnit(x)), Sigmoid: tf.sigmoid, Softplus: tf.softplus, Relu: tf.relu, Relu6: (x) => tf.relu6(tf.mul(x, 5)),
  LeakyRelu: (x) => tf.leakyRelu(x, 0.3), Elu: tf.elu, Selu: tf.selu, ClipByValue: (x) => tf.clipByValue(x, -0.45, 0.65),
  Sign: tf.sign, Step: (x) => tf.step(x, 0.2), Floor: tf.floor, Ceil: tf.ceil, Round: (x) => tf.round(tf.mul(x, 0.9)),
  IsNan: (x) => tf.isNaN(x).toFloat(), IsInf: (x) => tf.isInf(x).toFloat(), IsFinite: (x) => tf.isFinite(x).toFloat(),
  ZerosLike: tf.zerosLike, OnesLike: tf.onesLike, Identity: tf.clone, Cast: (x) => tf.square(tf.cast(x, 'float32')),
  Greater: (x) => tf.where(tf.greater(x, 0), tf.square(x), x), GreaterEqual: (x) => tf.where(tf.greaterEqual(x, row(x)), tf.square(x), x),
  Less: (x) => tf.where(tf.less(x, 0), tf.square(x), x), LessEqual: (x) => tf.where(tf.lessEqual(x, row(x)), tf.square(x), x),
  Equal: (x) => tf.where(tf.equal(x, 9), tf.square(x), x), NotEqual: (x) => tf.where(tf.notEqual(x, 9), tf.square(x), x),
  LogicalAnd: (x) => tf.where(tf.logicalAnd(tf.greater(x, 0), tf.notEqual(x, 9)), tf.square(x), x),
  LogicalOr: (x) => tf.where(tf.logicalOr(tf.greater(x, 0), tf.less(x, -1)), tf.square(x), x),
  LogicalNot: (x) => tf.where(tf.logicalNot(tf.greater(x, 0)), tf.square(x), x), Select: (x) => tf.where(tf.greater(x, 0), tf.square(x), x),
  Add: (x) => tf.square(tf.add(row(x), x)), AddN: (x) => tf.addN([x, tf.square(x), x]), Sub: (x) => tf.square(tf.sub(x, row(x))),
  Multiply: (x) => tf.mul(x, row(x)), RealDiv: (x) => tf.div(x, wide(row(x))), Mod: (x) => tf.mod(x, wide(row(x))),
  Pow: (x) => tf.pow(wide(row(x)), x), Maximum: (x) => tf.maximum(x, tf.mul(row(x), 0.9)), Minimum: (x) => tf.minimum(x, tf.mul(row(x), 0.9)),
  SquaredDifference: (x) => tf.squaredDifference(x, tf.slice(x, [0, 0], [2, 1])), Prelu: (x) => tf.prelu(x, tf.reshape(row(x), [3])),
  Reshape: (x) => tf.square(tf.reshape(x, [3, 2])), ExpandDims: (x) => tf.square(tf.expandDims(x, 1)), Transpose: (x) => tf.transpose(x),
  Tile: (x) => tf.square(tf.tile(x, [2, 3])), Slice: (x) => tf.slice(x, [1, 1], [1, 2]), PadV2: (x) => tf.pad(x, [[0, 1], [2, 0]], 0.5),
  Reverse: (x) => tf.reverse(x, [1]), Concat: (x) => tf.concat([x, tf.square(x)], -1), Pack: (x) => tf.stack([x, tf.square(x)], 1),
  SplitV: (x) => tf.concat(tf.split(x, [1, 2], 1).map((y, i) => tf.pow(wide(y), i + 1)), 1),
  Unpack: (x) => tf.addN(tf.unstack(x, 1).map((y, i) => tf.mul(y, i + 1))), Sum: (x) => tf.square(tf.sum(x, 1)),
  Mean: (x) => tf.square(tf.mean(x, 0)), Prod: (x) => tf.prod(x, [-1, 0]), Max: (x) => tf.max(x, 1), Min: (x) => tf.min(x, 0),
  ArgMax: (x) => tf.mul(x, tf.argMax(x, 0).toFloat()), ArgMin: (x) => tf.mul(x, tf.argMin(x, 0).toFloat()),
  Softmax: (x) => tf.softmax(x), Cumsum: (x) => tf.cumsum(tf.square(x), 0),
  BatchMatMul: (x) => tf.matMul(tf.reshape(x, [1, 2, 3]), tf.stack([weights, weights])), Einsum: (x) => tf.einsum('ij,jk->ik', x, weights),
  GatherV2: (x) => tf.square(tf.gather(x, ids, 1)), UnsortedSegmentSum: (x) => tf.square(tf.unsortedSegmentSum(tf.transpose(x), ids, 3)),
  OneHot: (x) => tf.oneHot(tf.cast(x, 'int32'), 3).toFloat(), FusedLayerNorm: steepLayerNorm,
}; // prettier-ignore

/** FloorDiv passes the gradient of the quotient through, as tfjs does; product.test.ts compares RoundedProduct. */
const notCompared = ['FloorDiv', 'RoundedProduct'];

const furtherCases: Record<string, Fn> = {
  'split into one part': (x) => tf.square(tf.split(x, [3], 1)[0]!),
  'unstack of one': (x) => tf.square(tf.unstack(row(x))[0]!),
  'einsum of one': (x) => tf.einsum('ij->j', tf.square(x)),
  'einsum of both sides': (x) => tf.einsum('ij,kj->ki', x, tf.square(x)),
  broadcastTo: (x) => tf.broadcastTo(tf.reshape(x, [2, 1, 3]), [2, 4, 3]),
  'cumsum backwards': (x) => tf.cumsum(tf.square(x), 1, true, true),
  'matMul, both transposed': (x) => tf.matMul(x, tf.stack([weights, weights]), false, true),
  'gather, batched': (x) => tf.square(tf.gather(x, tf.tensor2d([[1, 0], [2, 2]], [2, 2], 'int32'), 1, 1)),
  gelu,
  'sums that share a term': (x) => {
    const sum = tf.add(x, tf.exp(x));
    return tf.add(sum, tf.mul(sum, x));
  },
}; // prettier-ignore

const twice: Record<string, Fn> = { exp: tf.exp, sigmoid: tf.sigmoid, tanh: tf.tanh, softmax: (x) => tf.softmax(x), gelu, layerNorm: steepLayerNorm, square: tf.square }; // prettier-ignore

for (const name of ['onnx-cpu', 'tfjs-cpu'] as const) {
  describe(`gradients on ${name}`, () => {
    let device: Device;
    before(async () => void (device = await openDevice(name, { threads: 1 })));
    after(() => device.dispose());

    const expectGradient = async (fn: Fn) => {
      const expected = await quotients(device, fn);
      const got = await on(device, gradient(fn), { dtype: 'float32', shape: [2, 3], data: Float32Array.from(values) });
      const scale = Math.max(1, ...expected.map(Math.abs)); // the quotient's own error is of the order of 1e-3
      expected.forEach((value, i) => expect(got[i]! / scale, `[${i}]`).to.be.closeTo(value / scale, 4e-3));
    };
    for (const [kernel, fn] of Object.entries({ ...byKernel, ...furtherCases })) it(`of ${kernel}`, () => expectGradient(fn));
    for (const [kernel, fn] of Object.entries(twice))
      it(`of the gradient of ${kernel}`, () => expectGradient((x) => gradient(fn)(x)));
  });
}

describe('the table of gradients', () => {
  it('has a case for each kernel', () => {
    expect([...Object.keys(byKernel), ...notCompared]).to.have.members(Object.keys(gradients));
  });
});
