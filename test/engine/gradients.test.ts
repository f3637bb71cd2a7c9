import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { gelu, layerNorm, openDevice, tf } from '../../lib/engine/index.js';
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

/** The central difference quotients of the function's weighted sum. */
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

// Ours in place of tfjs' own, and used on every device: so they are compared with difference quotients.
const ours: Record<string, Fn> = {
  einsum: (x) => tf.einsum('ij,jk->ik', x, weights),
  'einsum of one': (x) => tf.einsum('ij->j', tf.square(x)),
  'einsum of both sides': (x) => tf.einsum('ij,kj->ki', x, tf.square(x)),
  tile: (x) => tf.square(tf.tile(x, [2, 3])),
  broadcastTo: (x) => tf.broadcastTo(tf.reshape(x, [2, 1, 3]), [2, 4, 3]),
  cumsum: (x) => tf.cumsum(tf.square(x), 0),
  'cumsum backwards': (x) => tf.cumsum(tf.square(x), 1, true, true),
  'maximum, broadcast': (x) => tf.maximum(x, tf.slice(x, [0, 0], [1, 3])),
  'squaredDifference, broadcast': (x) => tf.squaredDifference(x, tf.slice(x, [0, 0], [2, 1])),
  'matMul, broadcast': (x) => tf.matMul(tf.reshape(x, [1, 2, 3]), tf.stack([weights, weights])),
  'where of a comparison': (x) => tf.where(tf.logicalAnd(tf.greater(x, 0), tf.notEqual(x, 9)), tf.square(x), x),
  gelu,
  layerNorm: steepLayerNorm,
};

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
    for (const [kernel, fn] of Object.entries(ours)) it(`of ${kernel}`, () => expectGradient(fn));
    for (const [kernel, fn] of Object.entries(twice))
      it(`of the gradient of ${kernel}`, () => expectGradient((x) => gradient(fn)(x)));
  });
}
