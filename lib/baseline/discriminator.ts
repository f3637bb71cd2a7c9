import type { Tensor } from '@tensorflow/tfjs-core';
import { gelu } from '../engine/ops.js';
import { tf } from '../engine/tf.js';
import type { Tensors } from '../engine/types.js';
import {
  block,
  blockParams,
  conditionalNorm,
  linear,
  linearParams,
  type Modulation,
  relativeBias,
  weight,
} from '../model/layers.js';
import type { ParamSpec } from '../model/types.js';
import type { DiscriminatorSize } from '../plan/discriminators.js';

const HIDDEN_FROM = -1e9;

/**
 * Returns the states of all prefixes from a causal pre-LayerNorm transformer: the state at a position depends on the tokens up to it.
 *
 * @param ids token ids that begin with START, int32 [B, L]
 * @returns states, [B, L, W]
 */
export function prefixStates(weights: Tensors, ids: Tensor, { maxTokens, layers, width, heads }: DiscriminatorSize): Tensor {
  const causal = tf.mul(tf.sub(1, lowerTriangle(maxTokens)), HIDDEN_FROM); // [L, L]
  const bias = tf.add(relativeBias(weight(weights, 'relative')), causal); // [H, L, L]
  let h = tf.add(embeddingOf(weight(weights, 'tokens'), ids), weight(weights, 'position')); // [B, L, W]
  for (let i = 0; i < layers; i++) h = block(weights, `block${i}`, h, heads, bias, normsOf(weights, `block${i}.norms`));
  const [gain, shift] = tf.split(tf.reshape(weight(weights, 'final'), [1, 1, 2 * width]), 2, -1);
  return conditionalNorm(h, gain!, shift!);
}

/**
 * Returns the logits of all questions for prefixes extended by one token. The token meets the state of the prefix after the transformer, so many
 * candidates cost one pass.
 *
 * @param states states of the prefixes, [..., W]
 * @param next the token that extends each prefix, int32 [...]
 * @returns [..., Q, C], C being the classes of the largest question; logits of classes that a question lacks are near -1e9
 */
export function answerLogits(weights: Tensors, states: Tensor, next: Tensor, { questions }: DiscriminatorSize): Tensor {
  const hidden = gelu(tf.add(linear(weights, 'prefix', states), embeddingOf(weight(weights, 'next'), next))); // [..., W]
  const logits = linear(weights, 'answers', hidden); // [..., Q * C]
  const most = Math.max(...questions);
  const grid = tf.reshape(logits, [...logits.shape.slice(0, -1), questions.length, most]); // [..., Q, C]
  const missing = Float32Array.from({ length: questions.length * most }, (_, i) =>
    i % most < questions[Math.floor(i / most)]! ? 0 : HIDDEN_FROM,
  );
  return tf.add(grid, tf.tensor2d(missing, [questions.length, most]));
}

/** Returns the names, shapes and initialisation of the weights. */
export function discriminatorParams({
  vocabularySize,
  maxTokens,
  layers,
  width,
  heads,
  questions,
}: DiscriminatorSize): ParamSpec[] {
  return [
    { name: 'tokens', shape: [vocabularySize, width], init: { normal: 1 } },
    { name: 'next', shape: [vocabularySize, width], init: { normal: 1 } },
    { name: 'position', shape: [maxTokens, width], init: { normal: 0.1 } },
    { name: 'relative', shape: [2 * maxTokens - 1, heads], init: 'zeros' },
    { name: 'final', shape: [2 * width], init: 'zeros' },
    ...linearParams('prefix', width, width),
    ...linearParams('answers', width, questions.length * Math.max(...questions)),
    ...Array.from({ length: layers }, (_, i): ParamSpec[] => [
      ...blockParams(`block${i}`, width, 4 * width, layers),
      { name: `block${i}.norms`, shape: [4 * width], init: 'zeros' },
    ]).flat(),
  ];
}

/** Looks up rows of a table [V, W] by ids of any shape [...]; gives [..., W]. */
function embeddingOf(table: Tensor, ids: Tensor): Tensor {
  const rows = tf.gather(table, tf.reshape(ids, [-1]).toInt() as never);
  return tf.reshape(rows, [...ids.shape, table.shape[1]!]);
}

function normsOf(weights: Tensors, name: string): Modulation {
  const all = weight(weights, name);
  const [gain1, shift1, gain2, shift2] = tf.split(tf.reshape(all, [1, 1, all.size]), 4, -1);
  return [gain1!, shift1!, gain2!, shift2!];
}

const lowerTriangle = (length: number): Tensor =>
  tf.tensor2d(
    Float32Array.from({ length: length * length }, (_, i) => (i % length <= Math.floor(i / length) ? 1 : 0)),
    [length, length],
  );
