import type { Tensor } from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { tf } from '../../../lib/engine/index.js';
import { anything, describeCases, expectAgreement, flags, integers, positive, type Case } from '../agree.js';

const overAxes: [string, (x: Tensor, axis?: number | number[], keepDims?: boolean) => Tensor][] = [
  ['sum', tf.sum],
  ['mean', tf.mean],
  ['max', tf.max],
  ['min', tf.min],
  ['prod', tf.prod],
  ['logSumExp', tf.logSumExp],
];

describeCases('reductions', [
  ...overAxes.flatMap(([name, reduce]): Case[] => [
    { name: `${name} of all`, fn: (x) => reduce(x), inputs: [anything(2, 3, 4)] },
    { name: `${name} over the last axis`, fn: (x) => reduce(x, 2), inputs: [anything(2, 3, 4)] },
    { name: `${name} over two axes`, fn: (x) => reduce(x, [0, 2], true), inputs: [anything(2, 3, 4)] },
    { name: `${name} of one`, fn: (x) => reduce(x, 1), inputs: [anything(2, 1)] },
    { name: `${name} of a number`, fn: (x) => reduce(x), inputs: [anything()] },
  ]),
  { name: 'sum of nothing', fn: (x) => tf.sum(x, 1), inputs: [anything(2, 0)] },
  { name: 'sum of flags', fn: (x) => tf.sum(x, 0), inputs: [flags(4, 3)], hasGradient: false },
  { name: 'sum of integers', fn: (x) => tf.sum(x, 0), inputs: [integers(9)(4, 3)], hasGradient: false },
  { name: 'mean of integers', fn: (x) => tf.mean(x, 0), inputs: [integers(9)(4, 3)], hasGradient: false },
  { name: 'any', fn: (x) => tf.any(x, 1), inputs: [flags(4, 3)], hasGradient: false },
  { name: 'all', fn: (x) => tf.all(x, [0, 1]), inputs: [flags(1, 2)], hasGradient: false },
  { name: 'argMax', fn: (x) => tf.argMax(x, -1), inputs: [anything(3, 5)], hasGradient: false },
  { name: 'argMin', fn: (x) => tf.argMin(x, 0), inputs: [anything(3, 5)], hasGradient: false },
  { name: 'norm', fn: (x) => tf.norm(x, 2, -1), inputs: [anything(3, 5)] },
  { name: 'moments', fn: (x) => tf.concat([tf.moments(x, 1).mean, tf.moments(x, 1).variance], 0), inputs: [anything(3, 5)] },
  { name: 'softmax', fn: (x) => tf.softmax(x), inputs: [anything(2, 3, 4)] },
  { name: 'softmax of one', fn: (x) => tf.softmax(x), inputs: [anything(2, 1)] },
  { name: 'softmax of large numbers', fn: (x) => tf.softmax(tf.mul(x, 100)), inputs: [anything(2, 5)] },
  { name: 'logSoftmax', fn: (x) => tf.logSoftmax(x), inputs: [anything(2, 3, 4)] },
  { name: 'softmaxCrossEntropy', fn: (x) => tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d([1, 0], 'int32'), 5), x), inputs: [anything(2, 5)] },
  { name: 'sigmoidCrossEntropy', fn: (x) => tf.losses.sigmoidCrossEntropy(tf.oneHot(tf.tensor1d([1, 0], 'int32'), 5), x), inputs: [anything(2, 5)] },
]); // prettier-ignore

describeCases('scans', [
  ...[0, 1].flatMap((axis) => [false, true].flatMap((exclusive) => [false, true].flatMap((reverse): Case[] => [
    { name: `cumsum ${axis} ${exclusive} ${reverse}`, fn: (x) => tf.cumsum(x, axis, exclusive, reverse), inputs: [anything(3, 5)] },
    { name: `cumprod ${axis} ${exclusive} ${reverse}`, fn: (x) => tf.cumprod(x, axis, exclusive, reverse), inputs: [positive(3, 5)], hasGradient: false },
  ]))),
  { name: 'cumsum of one', fn: (x) => tf.cumsum(x, 0, true), inputs: [anything(1)] },
  { name: 'topk, values', fn: (x) => tf.topk(x, 3).values, inputs: [anything(4, 7)], hasGradient: false },
  { name: 'topk, places', fn: (x) => tf.topk(x, 3).indices, inputs: [anything(4, 7)], hasGradient: false },
]); // prettier-ignore

describe('a reduction over any axes', () => {
  const dims = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.boolean()), { minLength: 1, maxLength: 4 });
  it('agrees with tfjs', () =>
    fc.assert(
      fc.asyncProperty(dims, fc.boolean(), ([...list], keepDims) => {
        const axes = list.flatMap(([, isReduced], axis) => (isReduced ? [axis] : []));
        const fn = (x: Tensor) => tf.mul(tf.sum(x, axes, keepDims), tf.mean(x, axes, keepDims));
        return expectAgreement({ name: 'reduce', fn, inputs: [anything(...list.map(([dim]) => dim))] });
      }),
      { numRuns: 30 },
    ));
});
