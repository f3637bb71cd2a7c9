import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { tf } from '../../engine/tf.js';
import type { Tensors } from '../../engine/types.js';
import { block, blockParams, conditionalNorm, type Modulation, neighbourBias, weight } from '../layers.js';
import type { ParamSpec } from '../types.js';
import { FEATURES } from './word-features.js';

/**
 * Sizes of the judges' encoder of finished texts of any length. It knows no noise level and shares nothing with a guide's
 * classifier.
 */
export interface TextEncoderSize {
  /** Number of ids of each word feature. */
  readonly features: readonly number[];
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
}

/** Distances beyond this share one bias. */
const FAR = 24;
const FEATURE_NAMES = ['word', 'suffix', 'shape'] as const;

/**
 * Encodes texts by a pre-LayerNorm transformer with relative attention (Shaw et al. 2018) and no absolute positions, so that texts
 * of any length are possible.
 *
 * @param ids features of each word, START, END and PAD (0) included, [B, L, 3]
 * @returns word states, [B, L, W]
 */
export function encodeText(weights: Tensors, ids: Tensor, { layers, heads, width }: TextEncoderSize): Tensor {
  const [rows, length] = ids.shape as [number, number];
  const columns = tf.split(ids, FEATURES, -1); // each [B, L, 1]
  const parts = FEATURE_NAMES.map((name, i) =>
    tf.gather(weight(weights, `embed.${name}`), tf.reshape(columns[i]!, [-1]) as Tensor1D),
  );
  let h = tf.reshape(tf.addN(parts), [rows, length, width]); // [B, L, W]
  const isPad = tf.cast(tf.equal(tf.reshape(columns[0]!, [rows, 1, 1, length]), 0), 'float32'); // [B, 1, 1, L]
  const bias = tf.sub(distanceBias(weight(weights, 'relative'), length), tf.mul(isPad, 1e9)); // [B, H, L, L]
  for (let i = 0; i < layers; i++) h = block(weights, `block${i}`, h, heads, bias, norms(weights, `block${i}.norm`, 4));
  const [gain, shift] = norms(weights, 'final', 2);
  return conditionalNorm(h, gain, shift);
}

/** Returns gains (minus one) and shifts of LayerNorms, each [1, 1, W]. */
function norms(weights: Tensors, name: string, count: number): Modulation {
  return tf.split(tf.reshape(weight(weights, name), [1, 1, -1]), count, -1) as unknown as Modulation;
}

/** Returns the attention bias by distance, [H, L, L]. @param table one value per distance and head, [2 FAR + 1, H] */
function distanceBias(table: Tensor, length: number): Tensor {
  const distances = Int32Array.from({ length: length * length }, (_, i) => {
    const distance = Math.floor(i / length) - (i % length);
    return Math.max(-FAR, Math.min(FAR, distance)) + FAR;
  });
  const rows = tf.gather(table, tf.tensor1d(distances, 'int32')); // [L * L, H]
  return tf.transpose(tf.reshape(rows, [length, length, table.shape[1]!]), [2, 0, 1]); // [H, L, L]
}

export function textEncoderParams({ features, layers, width, heads }: TextEncoderSize): ParamSpec[] {
  return [
    ...FEATURE_NAMES.map((name, i): ParamSpec => ({
      name: `embed.${name}`,
      shape: [features[i]!, width],
      init: { normal: 0.5 },
    })),
    { name: 'relative', shape: [2 * FAR + 1, heads], init: { values: neighbourBias(FAR + 1, heads) } },
    { name: 'final', shape: [2 * width], init: 'zeros' },
    ...Array.from({ length: layers }, (_, i): ParamSpec[] => [
      ...blockParams(`block${i}`, width, 4 * width, layers),
      { name: `block${i}.norm`, shape: [4 * width], init: 'zeros' },
    ]).flat(),
  ];
}
