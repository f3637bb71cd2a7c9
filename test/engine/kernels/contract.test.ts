import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../../../lib/engine/index.js';
import { anything, describeCases, integers, type Case } from '../agree.js';

const transposes = [false, true].flatMap((a) => [false, true].map((b) => [a, b] as const)); // prettier-ignore
const swapped = (shape: number[], isSwapped: boolean): number[] =>
  isSwapped ? [...shape.slice(0, -2), ...shape.slice(-2).reverse()] : shape;

const matMuls = transposes.flatMap(([a, b]) =>
  [[], [1], [3], [2, 3], [1, 1]].map((batch): Case => ({
    name: `matMul ${a ? 'T' : '-'}${b ? 'T' : '-'}`,
    fn: (x, y) => tf.matMul(x, y, a, b),
    inputs: [anything(...swapped([...batch, 5, 7], a)), anything(...swapped([...batch, 7, 4], b))],
  })),
);

describeCases('products', [
  ...matMuls,
  { name: 'matMul, batches that broadcast', fn: (x, y) => tf.matMul(x, y), inputs: [anything(3, 5, 7), anything(1, 7, 4)] },
  { name: 'matMul T-, batches that broadcast', fn: (x, y) => tf.matMul(x, y, true), inputs: [anything(1, 7, 5), anything(3, 7, 4)] },
  { name: 'matMul of single numbers', fn: (x, y) => tf.matMul(x, y), inputs: [anything(1, 1), anything(1, 1)] },
  { name: 'matMul of no rows', fn: (x, y) => tf.matMul(x, y), inputs: [anything(0, 3), anything(3, 2)] },
  { name: 'dot', fn: (x, y) => tf.dot(x, y), inputs: [anything(5), anything(5)] },
  { name: 'outerProduct', fn: (x, y) => tf.outerProduct(x.as1D(), y.as1D()), inputs: [anything(5), anything(3)] },
  { name: 'einsum', fn: (x, y) => tf.einsum('bij,bjk->bik', x, y), inputs: [anything(2, 3, 4), anything(2, 4, 5)] },
  { name: 'einsum, heads', fn: (x, y) => tf.einsum('bihd,bjhd->bhij', x, y), inputs: [anything(2, 3, 2, 4), anything(2, 5, 2, 4)] },
  { name: 'einsum of one', fn: (x) => tf.einsum('ij->j', x), inputs: [anything(3, 4)] },
]); // prettier-ignore

const ids = (...list: number[]) => tf.tensor1d(list, 'int32');

describeCases('indices', [
  { name: 'gather', fn: (x) => tf.square(tf.gather(x, ids(1, 3, 1, 0))), inputs: [anything(4, 5)] },
  { name: 'gather of an input', fn: (x, i) => tf.gather(x, i as never), inputs: [anything(4, 5), integers(4)(2, 3)] },
  { name: 'gather on another axis', fn: (x) => tf.gather(x, ids(1, 3, 1), 1), inputs: [anything(2, 4, 3)] },
  { name: 'gather of nothing', fn: (x) => tf.gather(x, tf.zeros([0], 'int32') as never), inputs: [anything(4, 5)], hasGradient: false },
  { name: 'gather in each row', fn: (x, i) => tf.gather(x, i as never, 1, 1), inputs: [anything(3, 4), integers(4)(3, 2)] },
  { name: 'gather in each row, of rows', fn: (x, i) => tf.gather(x, i as never, 2, 1), inputs: [anything(3, 2, 4, 5), integers(4)(3, 6)], hasGradient: false },
  { name: 'gatherND', fn: (x) => tf.gatherND(x, tf.tensor2d([[0, 1], [2, 3]], [2, 2], 'int32')), inputs: [anything(3, 4, 2)], hasGradient: false },
  { name: 'scatterND', fn: (x) => tf.scatterND(tf.tensor2d([[0, 1], [2, 3], [0, 1]], [3, 2], 'int32'), x, [3, 4, 2]), inputs: [anything(3, 2)], hasGradient: false },
  { name: 'scatterND of numbers', fn: (x) => tf.scatterND(tf.tensor2d([[4], [1]], [2, 1], 'int32'), x, [6]), inputs: [anything(2)], hasGradient: false },
  { name: 'unsortedSegmentSum', fn: (x) => tf.unsortedSegmentSum(x, ids(2, 0, 2, 1), 4), inputs: [anything(4, 3)] },
  { name: 'unsortedSegmentSum of numbers', fn: (x) => tf.unsortedSegmentSum(x, ids(2, 0, 2, 1), 4), inputs: [anything(4)] },
  { name: 'oneHot', fn: (x, i) => tf.add(x, tf.oneHot(i as never, 5)), inputs: [anything(3, 5), integers(5)(3)] },
  { name: 'oneHot of ids that are none', fn: (i) => tf.oneHot(tf.sub(i!, tf.scalar(1, 'int32')) as never, 3), inputs: [integers(6)(7)], hasGradient: false },
  { name: 'oneHot of truths', fn: (i) => tf.oneHot(i as never, 3, 1, 0, 'bool'), inputs: [integers(3)(2)], hasGradient: false },
  { name: 'oneHot with other values', fn: (i) => tf.oneHot(i as never, 4, 2, -1, 'float32'), inputs: [integers(4)(2, 3)], hasGradient: false },
  { name: 'eye', fn: (x: Tensor) => tf.matMul(x, tf.eye(3)), inputs: [anything(2, 3)] },
]); // prettier-ignore
