import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { attention, gelu, layerNorm } from '../../engine/ops.js';
import { tf } from '../../engine/tf.js';
import type { Tensors } from '../../engine/types.js';
import { blockParams, linear, linearParams, linearParts, relativeBias, weight } from '../layers.js';
import type { ParamSpec } from '../types.js';

export interface CausalSize {
  readonly vocabularySize: number;
  readonly maxTokens: number;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly feedForward: number;
}

/** Attention of a layer over its queries, keys and values, each [B, Q, W]. */
export type Attend = (layer: number, q: Tensor, k: Tensor, v: Tensor) => Tensor;

/** Drops part of a layer's output, as dropout does; `site` is the index of the output. */
export type Thin = (x: Tensor, site: number) => Tensor;

/** Score of a token that attention must not see: not infinite, which times 0 is no number. */
export const HIDDEN = -1e9;

/**
 * Returns the scores of the next token at each position from the tokens up to it, by a pre-LayerNorm transformer (Radford et al.
 * 2019) with absolute positions and relative attention. The scores are products with the token embeddings (Press and Wolf 2017).
 *
 * @param ids START and the tokens after it, [B, L]
 * @returns [B, L, V]
 */
export function causalScores(weights: Tensors, ids: Tensor, size: CausalSize, thin: Thin = (x) => x): Tensor {
  return tokenScores(weights, causalStates(weights, ids, size, thin));
}

/** Returns the states from which the scores are computed, [B, L, W]. @param ids [B, L] */
export function causalStates(weights: Tensors, ids: Tensor, { heads, layers }: CausalSize, thin: Thin = (x) => x): Tensor {
  const length = ids.shape[1]!;
  const bias = causalBias(weights, length); // [H, L, L]
  const positions = tf.slice(weight(weights, 'position'), [0, 0], [length, -1]); // [L, W]
  const attend: Attend = (_, q, k, v) => attention(q, k, v, heads, bias);
  return transform(weights, tf.add(tokenEmbeddings(weights, ids), positions), layers, attend, thin);
}

/** Applies the blocks and the last norm. @param x [B, Q, W] */
export function transform(weights: Tensors, x: Tensor, layers: number, attend: Attend, thin: Thin = (x) => x): Tensor {
  let h = thin(x, 0);
  for (let i = 0; i < layers; i++) {
    const [q, k, v] = linearParts(weights, `block${i}.qkv`, norm(weights, `block${i}.norm1`, h), 3); // each [B, Q, W]
    h = tf.add(h, thin(linear(weights, `block${i}.out`, attend(i, q!, k!, v!)), 2 * i + 1));
    const hidden = gelu(linear(weights, `block${i}.up`, norm(weights, `block${i}.norm2`, h))); // [B, Q, F]
    h = tf.add(h, thin(linear(weights, `block${i}.down`, hidden), 2 * i + 2));
  }
  return norm(weights, 'final', h);
}

/** Returns the number of sites of `thin`: the embeddings and each half of each block. */
export const thinSites = ({ layers }: CausalSize): number => 2 * layers + 1;

/** Returns the causal attention bias by distance, [H, L, L]: no position sees a later one. */
export function causalBias(weights: Tensors, length: number): Tensor {
  const bias = relativeBias(weight(weights, 'relative'), length); // [H, L, L]
  const later = Float32Array.from({ length: length * length }, (_, i) => (i % length > Math.floor(i / length) ? HIDDEN : 0));
  return tf.add(bias, tf.tensor3d(later, [1, length, length]));
}

/** Returns the embeddings of tokens, of norm about sqrt(W), [..., W]. */
export function tokenEmbeddings(weights: Tensors, ids: Tensor): Tensor {
  const embedding = weight(weights, 'embedding'); // [V, W]
  return tf.mul(tf.gather(embedding, ids as Tensor2D), Math.sqrt(embedding.shape[1]!));
}

/**
 * Returns the scores of the tokens that follow the states [..., W], [..., V].
 *
 * @param ids of the tokens to score, which may repeat, [V']; the scores are then [..., V']. Default: all
 */
export function tokenScores(weights: Tensors, states: Tensor, ids?: Tensor): Tensor {
  const rowsOf = (table: Tensor): Tensor => (ids ? tf.gather(table, ids as Tensor1D) : table); // of weights: done once, not in every run
  const embedding = rowsOf(weight(weights, 'embedding')); // [V, W]
  const [size, width] = embedding.shape as [number, number];
  const guess = tf.reshape(linear(weights, 'output', states), [-1, width]); // a projection, or each token would at first predict itself
  const flat = tf.matMul(guess as Tensor2D, embedding as Tensor2D, false, true);
  return tf.add(tf.reshape(flat, [...states.shape.slice(0, -1), size]), rowsOf(weight(weights, 'prior')));
}

const norm = (weights: Tensors, name: string, x: Tensor): Tensor =>
  layerNorm(x, weight(weights, `${name}.gamma`), weight(weights, `${name}.beta`), 1e-5);

export function causalParams({ vocabularySize, maxTokens, layers, width, heads, feedForward }: CausalSize): ParamSpec[] {
  const normParams = (name: string): ParamSpec[] => [
    { name: `${name}.gamma`, shape: [width], init: 'ones' },
    { name: `${name}.beta`, shape: [width], init: 'zeros' },
  ];
  return [
    { name: 'embedding', shape: [vocabularySize, width], init: { normal: 1 / Math.sqrt(width) } },
    { name: 'position', shape: [maxTokens, width], init: { normal: 0.02 } },
    { name: 'relative', shape: [2 * maxTokens - 1, heads], init: { values: pastBias(maxTokens, heads) } },
    ...Array.from({ length: layers }, (_, i): ParamSpec[] => [
      ...normParams(`block${i}.norm1`),
      ...normParams(`block${i}.norm2`),
      ...blockParams(`block${i}`, width, feedForward, layers),
    ]).flat(),
    ...normParams('final'),
    ...linearParams('output', width, width, 0.5),
    { name: 'prior', shape: [vocabularySize], init: 'zeros' },
  ];
}

/**
 * Returns the initial table of the bias by distance: heads for the token itself, the one before, the one before that, and one
 * without bias. The general `neighbourBias` also looks ahead, which no position does here.
 *
 * @returns [2 L - 1, H]
 */
function pastBias(length: number, heads: number): Float32Array {
  return Float32Array.from({ length: (2 * length - 1) * heads }, (_, i) => {
    const head = i % heads;
    const distance = Math.floor(i / heads) - (length - 1); // query position minus key position
    return head === heads - 1 ? 0 : -(head > 2 ? 0.5 : 2) * Math.abs(distance - head);
  });
}
