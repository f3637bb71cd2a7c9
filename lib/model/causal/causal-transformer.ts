import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
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

/** What the attention of a layer makes of its queries, keys and values, each [B, Q, W]. */
export type Attend = (layer: number, q: Tensor, k: Tensor, v: Tensor) => Tensor;

/** Takes something out of what a layer adds, as dropout does; `site` counts the places where that may be done. */
export type Thin = (x: Tensor, site: number) => Tensor;

const HIDDEN = -1e9; // not infinite, which times 0 is no number

/**
 * Scores of the next token at each place, from the tokens up to it: a pre-LayerNorm transformer (Radford et al. 2019) whose attention
 * knows places and distances. The scores are products with the token embeddings (Press and Wolf 2017).
 *
 * @param ids START and the tokens after it, [B, L]
 * @returns [B, L, V]
 */
export function causalScores(weights: Tensors, ids: Tensor, size: CausalSize, thin: Thin = (x) => x): Tensor {
  return tokenScores(weights, causalStates(weights, ids, size, thin));
}

/** The states that the scores are made of, [B, L, W]. @param ids [B, L] */
export function causalStates(weights: Tensors, ids: Tensor, { heads, layers }: CausalSize, thin: Thin = (x) => x): Tensor {
  const length = ids.shape[1]!;
  const bias = causalBias(weights, length); // [H, L, L]
  const places = tf.slice(weight(weights, 'position'), [0, 0], [length, -1]); // [L, W]
  const attend: Attend = (_, q, k, v) => attention(q, k, v, heads, bias);
  return transform(weights, tf.add(tokenEmbeddings(weights, ids), places), layers, attend, thin);
}

/** The blocks and the last norm. @param x [B, Q, W] */
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

/** Places where `thin` is asked: the embeddings and what each half of each block adds. */
export const thinSites = ({ layers }: CausalSize): number => 2 * layers + 1;

/** The bias of attention by distance; no place sees a later one. @returns [H, L, L] */
export function causalBias(weights: Tensors, length: number): Tensor {
  const table = weight(weights, 'relative'); // [2 maxTokens - 1, H]
  const longest = (table.shape[0]! + 1) / 2;
  const bias = relativeBias(tf.slice(table, [longest - length, 0], [2 * length - 1, -1]), length); // [H, L, L]
  const later = Float32Array.from({ length: length * length }, (_, i) => (i % length > Math.floor(i / length) ? HIDDEN : 0));
  return tf.add(bias, tf.tensor3d(later, [1, length, length]));
}

/** The embeddings of tokens, of norm about sqrt(W). @returns [..., W] */
export function tokenEmbeddings(weights: Tensors, ids: Tensor): Tensor {
  const embedding = weight(weights, 'embedding'); // [V, W]
  return tf.mul(tf.gather(embedding, ids as Tensor2D), Math.sqrt(embedding.shape[1]!));
}

/** Scores of the tokens after states [..., W]. @returns [..., V] */
export function tokenScores(weights: Tensors, states: Tensor): Tensor {
  const embedding = weight(weights, 'embedding'); // [V, W]
  const [size, width] = embedding.shape as [number, number];
  const guess = tf.reshape(linear(weights, 'output', states), [-1, width]); // turned, or each token would guess itself at first
  const flat = tf.matMul(guess as Tensor2D, embedding as Tensor2D, false, true);
  return tf.add(tf.reshape(flat, [...states.shape.slice(0, -1), size]), weight(weights, 'prior'));
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
 * Where the bias by distance starts from: heads that look at the token itself, the one before, the one before that, and one that is
 * free. The general `neighbourBias` looks ahead as well, which no place does here.
 *
 * @returns [2 L - 1, H]
 */
function pastBias(length: number, heads: number): Float32Array {
  return Float32Array.from({ length: (2 * length - 1) * heads }, (_, i) => {
    const head = i % heads;
    const distance = Math.floor(i / heads) - (length - 1); // query's place less key's
    return head === heads - 1 ? 0 : -(head > 2 ? 0.5 : 2) * Math.abs(distance - head);
  });
}
