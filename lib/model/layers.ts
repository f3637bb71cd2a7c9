import type { Tensor } from '@tensorflow/tfjs-core';
import { attention, gelu, layerNorm } from '../engine/ops.js';
import { weightProduct } from '../engine/product.js';
import { tf } from '../engine/tf.js';
import type { Tensors } from '../engine/types.js';
import type { ParamSpec } from './types.js';

/** Returns the named tensor; a missing name is a bug of the caller. */
export function weight(weights: Tensors, name: string): Tensor {
  const found = weights[name];
  if (!found) throw new Error(`no weight is named ${name}`);
  return found;
}

/** Returns x W + b over the last axis. */
export const linear = (weights: Tensors, name: string, x: Tensor): Tensor =>
  affine(x, weight(weights, `${name}.weight`), weights[`${name}.bias`]);

/**
 * Works like `linear`, with the output split into `count` equal parts. Splits the weights rather than the output: they are smaller, and
 * constant weights are split only once.
 */
export function linearParts(weights: Tensors, name: string, x: Tensor, count: number): Tensor[] {
  const parts = tf.split(weight(weights, `${name}.weight`), count, -1); // each [in, out / count]
  const bias = weights[`${name}.bias`];
  const biases = bias && tf.split(bias, count);
  return parts.map((part, i) => affine(x, part, biases?.[i]));
}

/**
 * Computes x W + b on x flattened to two dimensions, so that the gradient of w [in, out] is one matrix product. The bias is added
 * in the shape of x: onnxruntime would add it to the flat product by first spreading it over a whole matrix, in one thread.
 */
function affine(x: Tensor, w: Tensor, bias?: Tensor): Tensor {
  const flat = weightProduct(tf.reshape(x, [-1, w.shape[0]!]), w); // [B * L, out]
  const y = tf.reshape(flat, [...x.shape.slice(0, -1), w.shape[1]!]);
  return bias ? tf.add(y, bias) : y;
}

export function linearParams(name: string, inputs: number, outputs: number, scale = 1): ParamSpec[] {
  return [
    { name: `${name}.weight`, shape: [inputs, outputs], init: { normal: scale / Math.sqrt(inputs) } },
    { name: `${name}.bias`, shape: [outputs], init: 'zeros' },
  ];
}

export const silu = (x: Tensor): Tensor => tf.mul(x, tf.sigmoid(x));

/** Returns sines and cosines of `time` (of order 1) at `width` / 2 frequencies from 1000 down to 0.1 (Vaswani et al. 2017). */
export function timeFeatures(time: Tensor, width: number): Tensor {
  const half = width / 2;
  const frequencies = Float32Array.from({ length: half }, (_, i) => 1000 * Math.exp((-Math.log(10000) * i) / half));
  const angle = tf.mul(tf.reshape(time, [-1, 1]), tf.tensor2d(frequencies, [1, half])); // [B, width / 2]
  return tf.concat([tf.sin(angle), tf.cos(angle)], 1); // [B, width]
}

/** Returns the first tokens of sequences: [B, length, D] of [B, L, D]. */
export const firstTokens = (x: Tensor, length: number): Tensor =>
  x.shape[1] === length ? x : tf.slice(x, [0, 0, 0], [x.shape[0]!, length, x.shape[2]!]);

/**
 * Returns the attention bias by the distance of two positions, one value per head (Shaw et al. 2018; Raffel et al. 2020).
 *
 * @param table one row per distance, [2 L' - 1, H]
 * @param length L, at most L'; default: L'
 * @returns [H, L, L]
 */
export function relativeBias(table: Tensor, length = (table.shape[0]! + 1) / 2): Tensor {
  const [distinct, heads] = table.shape as [number, number];
  const near = tf.slice(table, [(distinct + 1) / 2 - length, 0], [2 * length - 1, heads]);
  const distances = Int32Array.from({ length: length * length }, (_, i) => Math.floor(i / length) - (i % length) + length - 1);
  const rows = tf.gather(near, tf.tensor1d(distances, 'int32')); // [L * L, H]
  return tf.transpose(tf.reshape(rows, [length, length, heads]), [2, 0, 1]); // [H, L, L]
}

/**
 * Returns the initial table of `relativeBias`: one head for each of the nearest neighbours on both sides, one for the wider
 * context, and one without bias. Starting from zeros, the heads take more than a thousand steps to find the neighbours and only
 * then learn from their words: the mean loss of steps 50 to 100 of the E2E recipe is 1.25 nats per token, against 1.53 from zeros.
 *
 * @returns [2 L - 1, H]
 */
export function neighbourBias(length: number, heads: number): Float32Array {
  const biases = Array.from({ length: heads }, (_, head) => {
    if (head === heads - 1) return { offset: 0, slope: 0 };
    if (head === heads - 2) return { offset: 0, slope: 0.3 };
    const distance = Math.floor(head / 2) + 1;
    return { offset: head % 2 === 0 ? -distance : distance, slope: distance > 2 ? 1 : 2 };
  });
  return Float32Array.from({ length: (2 * length - 1) * heads }, (_, i) => {
    const { offset, slope } = biases[i % heads]!;
    return -slope * Math.abs(Math.floor(i / heads) - (length - 1) - offset);
  });
}

/** Applies LayerNorm whose gain and shift depend on the noise level (CDCD, arXiv 2211.15089): `gain` and `shift` are [B, 1, W]. */
export function conditionalNorm(x: Tensor, gain: Tensor, shift: Tensor): Tensor {
  const width = x.shape.at(-1)!;
  const normed = layerNorm(x, tf.ones([width]), tf.zeros([width]), 1e-5);
  return tf.add(tf.mul(normed, tf.add(gain, 1)), shift);
}

/** Gain and shift of an encoder block's two norms at the noise level, each [B, 1, W]. */
export type Modulation = readonly [gain1: Tensor, shift1: Tensor, gain2: Tensor, shift2: Tensor];

export function blockParams(name: string, width: number, feedForward: number, layers: number): ParamSpec[] {
  const residual = 1 / Math.sqrt(2 * layers); // keeps the sum over the residual branches of order one
  return [
    ...linearParams(`${name}.qkv`, width, 3 * width),
    ...linearParams(`${name}.out`, width, width, residual),
    ...linearParams(`${name}.up`, width, feedForward),
    ...linearParams(`${name}.down`, feedForward, width, residual),
  ];
}

/** Applies one pre-LayerNorm transformer block. */
export function block(
  weights: Tensors,
  name: string,
  x: Tensor,
  heads: number,
  bias: Tensor,
  [gain1, shift1, gain2, shift2]: Modulation,
): Tensor {
  const [q, k, v] = linearParts(weights, `${name}.qkv`, conditionalNorm(x, gain1, shift1), 3); // each [B, L, W]
  const attended = tf.add(x, linear(weights, `${name}.out`, attention(q!, k!, v!, heads, bias)));
  const hidden = gelu(linear(weights, `${name}.up`, conditionalNorm(attended, gain2, shift2))); // [B, L, F]
  return tf.add(attended, linear(weights, `${name}.down`, hidden));
}
