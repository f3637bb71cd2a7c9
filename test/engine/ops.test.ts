import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { attention, gelu, layerNorm, tf } from '../../lib/engine/index.js';
import { trace } from '../../lib/engine/trace/trace.js';
import { anything, describeCases, positive, type Case } from './agree.js';

const heads = 2;
const attend = (q: Tensor, k: Tensor, v: Tensor, bias?: Tensor) => attention(q, k, v, heads, bias);
const qkv = [anything(3, 5, 8), anything(3, 5, 8), anything(3, 5, 8)];

/** Without a gradient, as in sampling, and with one, as in training. */
const bothModes = (one: Case): Case[] => [{ ...one, name: `${one.name}, inference`, hasGradient: false }, one]; // prettier-ignore

const cases: Case[] = [
  { name: 'layerNorm', fn: (x, gamma, beta) => layerNorm(x, gamma, beta, 1e-5), inputs: [anything(2, 3, 8), anything(8), anything(8)] },
  { name: 'layerNorm of one row', fn: (x, gamma, beta) => layerNorm(x, gamma, beta, 1e-12), inputs: [anything(8), positive(8), anything(8)] },
  { name: 'layerNorm of wide numbers', fn: (x, gamma, beta) => layerNorm(tf.mul(tf.add(x, 3), 100), gamma, beta, 1e-5), inputs: [anything(4, 8), anything(8), anything(8)], tolerance: 1e-4 },
  { name: 'gelu', fn: (x) => gelu(tf.mul(x, 3)), inputs: [anything(3, 7)] },
  { name: 'gelu of large numbers', fn: (x) => gelu(tf.mul(x, 30)), inputs: [anything(5, 9)] },
  { name: 'gradient of the gradient of gelu', fn: (x) => tf.grad((z: Tensor) => tf.sum(gelu(z)))(tf.mul(x, 10)), inputs: [anything(5, 9)] },
  { name: 'attention', fn: (q, k, v) => attend(q!, k!, v!), inputs: qkv },
  { name: 'attention, all keys shared', fn: (q, k, v) => attend(q!, k!, v!), inputs: [anything(3, 5, 8), anything(3, 2, 8), anything(3, 2, 8)] },
  { name: 'attention of one token', fn: (q, k, v) => attend(q!, k!, v!), inputs: [anything(1, 1, 8), anything(1, 1, 8), anything(1, 1, 8)] },
  ...[[5, 5], [2, 5, 5], [3, 1, 1, 5], [3, 2, 5, 5], [1, 1, 5, 1]].map((shape): Case => ({ name: 'attention with a bias', fn: (q, k, v, bias) => attend(q!, k!, v!, bias), inputs: [...qkv, anything(...shape)] })),
]; // prettier-ignore

describeCases('fused operations', cases.flatMap(bothModes));

describe('fused operations', () => {
  const nodesOf = (fn: (x: Tensor) => Tensor, options = {}) =>
    trace(({ x }) => ({ y: fn(x!) }), [{ name: 'x', shape: [2, 4, 8], dtype: 'float32' }], {}, options).graph.nodes.map(
      ({ op }) => op,
    );

  it('are one node if no gradient is taken', () => {
    expect(nodesOf((x) => attend(x, x, x))).to.deep.equal(['MultiHeadAttention']);
    expect(nodesOf((x) => attend(x, x, x), { fusesAttention: false }))
      .to.include('Softmax')
      .and.not.include('MultiHeadAttention');
    expect(nodesOf(gelu)).to.deep.equal(['Gelu']);
    expect(nodesOf((x) => layerNorm(x, tf.ones([8]), tf.zeros([8]), 1e-5))).to.include('LayerNormalization');
  });
});
