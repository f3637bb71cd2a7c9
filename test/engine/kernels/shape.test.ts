import type { Tensor } from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { tf } from '../../../lib/engine/index.js';
import { anything, describeCases, expectAgreement, flags, integers, type Case } from '../agree.js';

describeCases('shapes', [
  { name: 'reshape', fn: (x) => tf.reshape(x, [3, -1]), inputs: [anything(2, 3, 4)] },
  { name: 'reshape of nothing', fn: (x) => tf.reshape(x, [0, 6]), inputs: [anything(2, 0, 3)] },
  { name: 'flatten to one number', fn: (x) => x.asScalar(), inputs: [anything(1, 1)] },
  { name: 'expandDims', fn: (x) => tf.expandDims(tf.expandDims(x, -1), 0), inputs: [anything(2, 3)] },
  { name: 'squeeze', fn: (x) => tf.squeeze(x, [1]), inputs: [anything(2, 1, 3)] },
  { name: 'transpose', fn: (x) => tf.transpose(x), inputs: [anything(2, 3, 4)] },
  { name: 'transpose of four axes', fn: (x) => tf.transpose(x, [0, 2, 1, 3]), inputs: [anything(2, 3, 4, 5)] },
  { name: 'transpose of nothing', fn: (x) => tf.transpose(x), inputs: [anything(0, 3)] },
  { name: 'transpose of a number', fn: (x) => tf.transpose(x), inputs: [anything()] },
  { name: 'broadcastTo', fn: (x) => tf.broadcastTo(x, [4, 2, 3]), inputs: [anything(2, 1)] },
  { name: 'tile', fn: (x) => tf.tile(x, [2, 3]), inputs: [anything(2, 4)] },
  { name: 'tile of ones', fn: (x) => tf.tile(x, [4, 1, 3]), inputs: [anything(1, 2, 1)] },
  { name: 'onesLike, zerosLike, fill', fn: (x) => tf.add(tf.mul(x, tf.onesLike(x)), tf.add(tf.zerosLike(x), tf.fill([2, 3], 2))), inputs: [anything(2, 3)] },
  { name: 'range, linspace', fn: (x) => tf.add(tf.mul(x, tf.range(0, 5)), tf.linspace(-1, 1, 5)), inputs: [anything(2, 5)] },
  { name: 'clone', fn: (x) => tf.clone(x), inputs: [anything(2, 3)] },
]); // prettier-ignore

describeCases('slices', [
  { name: 'slice', fn: (x) => tf.slice(x, [1, 0], [2, -1]), inputs: [anything(4, 3)] },
  { name: 'slice from an axis', fn: (x) => tf.slice(x, 1), inputs: [anything(3, 2)] },
  { name: 'slice of nothing', fn: (x) => tf.slice(x, [2], [0]), inputs: [anything(3)] },
  { name: 'stridedSlice', fn: (x) => tf.stridedSlice(x, [0, 1], [4, 5], [2, 2]), inputs: [anything(4, 5)], hasGradient: false },
  { name: 'stridedSlice backwards', fn: (x) => tf.stridedSlice(x, [3, 4], [0, 0], [-1, -2]), inputs: [anything(4, 5)], hasGradient: false },
  { name: 'stridedSlice to the front', fn: (x) => tf.stridedSlice(x, [-1], [-6], [-1]), inputs: [anything(4)], hasGradient: false },
  { name: 'stridedSlice of one row', fn: (x) => tf.stridedSlice(x, [1], [2], [1], 0, 0, 0, 0, 1), inputs: [anything(4, 5)], hasGradient: false },
  { name: 'concat', fn: (a, b) => tf.concat([a, b], -1), inputs: [anything(2, 1), anything(2, 3)] },
  { name: 'concat with nothing', fn: (a, b) => tf.concat([a, b], 0), inputs: [anything(0, 3), anything(2, 3)] },
  { name: 'concat of nothing', fn: (a, b) => tf.concat([a, b], 0), inputs: [anything(0, 3), anything(0, 3)] },
  { name: 'stack', fn: (a, b) => tf.stack([a, b], 1), inputs: [anything(2, 3), anything(2, 3)] },
  { name: 'stack of numbers', fn: (a, b) => tf.stack([a, b]), inputs: [anything(), anything()] },
  { name: 'unstack', fn: (x) => tf.addN(tf.unstack(x, 1).map((y, i) => tf.mul(y, i + 1))), inputs: [anything(2, 3, 4)] },
  { name: 'split', fn: (x) => tf.addN(tf.split(x, 3, -1).map((y, i) => tf.pow(y, i + 1))), inputs: [anything(2, 6)] },
  { name: 'split by sizes', fn: (x) => tf.concat(tf.split(x, [1, 2], 0).reverse(), 0), inputs: [anything(3, 2)] },
  { name: 'pad', fn: (x) => tf.pad(x, [[0, 1], [2, 0]], 0.5), inputs: [anything(2, 3)] },
  { name: 'pad of flags', fn: (x) => tf.pad(x, [[1, 1]]), inputs: [flags(3)], hasGradient: false },
  { name: 'reverse', fn: (x) => tf.reverse(x, [0, 2]), inputs: [anything(2, 3, 4)] },
  { name: 'reverse of all', fn: (x) => tf.reverse(x), inputs: [anything(2, 3)] },
  { name: 'reverse of integers', fn: (x) => tf.reverse(x, -1), inputs: [integers(9)(2, 3)], hasGradient: false },
]); // prettier-ignore

// Fills and broadcasts are kept small while tracing: each kernel must see them at their full shape.
const lazy = (x: Tensor): Tensor => tf.broadcastTo(tf.reshape(x, [2, 1, 1]), [2, 3, 4]);
const uses: Record<string, (x: Tensor) => Tensor> = {
  reshape: (x) => tf.reshape(x, [6, 4]),
  'reshape by ones': (x) => tf.reshape(x, [2, 1, 3, 4, 1]),
  transpose: (x) => tf.transpose(x, [2, 0, 1]),
  tile: (x) => tf.tile(x, [2, 1, 2]),
  slice: (x) => tf.slice(x, [0, 1, 1], [1, 2, 2]),
  concat: (x) => tf.concat([x, x, tf.ones([2, 3, 1])], 2),
  split: (x) => tf.split(x, 2, 2)[1]!,
  reverse: (x) => tf.reverse(x, [0, 1]),
  pad: (x) => tf.pad(x, [[0, 0], [1, 0], [0, 1]]),
  sum: (x) => tf.sum(x),
  'sum over what is broadcast': (x) => tf.sum(x, [1, 2]),
  'sum over both kinds': (x) => tf.sum(x, [0, 2]),
  mean: (x) => tf.mean(x, [0, 2], true),
  max: (x) => tf.max(x, 2),
  prod: (x) => tf.prod(x, [1]),
  softmax: (x) => tf.softmax(x),
  argMax: (x) => tf.argMax(x, 0).toFloat(),
  cumsum: (x) => tf.cumsum(x, 1),
  matMul: (x) => tf.matMul(x, x, false, true),
  gather: (x) => tf.gather(x, tf.tensor1d([1, 0, 1], 'int32'), 1),
  einsum: (x) => tf.einsum('ijk,ijl->ikl', x, x),
  select: (x) => tf.where(tf.greater(x, 0), x, tf.fill([2, 3, 4], 3)),
  unstack: (x) => tf.unstack(x, 2)[3]!,
}; // prettier-ignore

describeCases('kernels of a broadcast tensor', Object.entries(uses).map(([name, use]): Case => ({ name, fn: (x) => use(lazy(x)), inputs: [anything(2)] }))); // prettier-ignore
describeCases('kernels of a fill', Object.entries(uses).map(([name, use]): Case => ({ name, fn: (x) => tf.mul(use(tf.fill([2, 3, 4], 1.5)), x), inputs: [anything()] }))); // prettier-ignore

describe('any slice of any shape, transposed', () => {
  const dims = fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 3 }), fc.nat(1)), { minLength: 1, maxLength: 4 });
  const withOrder = dims.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list.map((_, i) => i), { minLength: list.length }))); // prettier-ignore
  it('agrees with tfjs', () =>
    fc.assert(
      fc.asyncProperty(withOrder, ([list, order]) => {
        const begin = list.map(([before]) => before);
        const size = list.map(([, kept]) => kept);
        const fn = (x: Tensor) => tf.transpose(tf.slice(x, begin, size), order);
        return expectAgreement({ name: 'slice', fn, inputs: [anything(...list.map(([a, b, c]) => a + b + c))] });
      }),
      { numRuns: 30 },
    ));
});
