import type { Tensor } from '@tensorflow/tfjs-core';
import { attention } from '../../engine/ops.js';
import { tf } from '../../engine/tf.js';
import type { GraphFunction, HostTensors, Tensors, TensorSpec } from '../../engine/types.js';
import { weight } from '../layers.js';
import { type Attend, causalBias, type CausalSize, tokenEmbeddings, transform } from './causal-transformer.js';

/** Returns the log-probabilities of the tokens that follow states [R, W], [R, V]. */
export type NextTokens = (weights: Tensors, states: Tensor) => Tensor;

/**
 * Builds the graph that decodes one more token per row, with cached keys and values of the tokens before it. Inputs: `tokens` [B];
 * `positions` [B], the position of each token, START at 0; and the cache `key0`, `value0`, `key1` ..., each [B, L, W], which are
 * outputs too.
 *
 * @param logProbsOf makes the output `logProbs`, [B, V]
 */
export function cachedStep({ maxTokens, layers, heads }: CausalSize, logProbsOf: NextTokens): GraphFunction {
  return (inputs) => {
    const positions = inputs['positions']!; // [B]
    const at = tf.expandDims(tf.cast(tf.oneHot(tf.cast(positions, 'int32'), maxTokens), 'bool'), -1); // [B, L, 1]
    const biases = tf.transpose(causalBias(inputs, maxTokens), [1, 0, 2]); // [L, H, L], by the query's place
    const bias = tf.expandDims(tf.gather(biases, positions), 2); // [B, H, 1, L]
    const cache: Record<string, Tensor> = {};
    const kept = (name: string, fresh: Tensor): Tensor => (cache[name] = tf.where(at, fresh, inputs[name]!)); // [B, L, W]
    const attend: Attend = (layer, q, k, v) => attention(q, kept(`key${layer}`, k), kept(`value${layer}`, v), heads, bias);
    const x = tf.add(tokenEmbeddings(inputs, inputs['tokens']!), tf.gather(weight(inputs, 'position'), positions)); // [B, W]
    const states = transform(inputs, tf.expandDims(x, 1), layers, attend); // [B, 1, W]
    return { logProbs: logProbsOf(inputs, tf.squeeze(states, [1])), ...cache };
  };
}

/** Inputs of `cachedStep` other than the weights. */
export function cachedStepInputs({ maxTokens, layers, width }: CausalSize, rows: number): TensorSpec[] {
  const row = (name: string): TensorSpec => ({ name, shape: [rows], dtype: 'int32' });
  return [...['tokens', 'positions'].map(row), ...cacheNames(layers).map((name) => ({ name, shape: [rows, maxTokens, width] }))];
}

/** Returns a cache without tokens. */
export function emptyCache({ maxTokens, layers, width }: CausalSize, rows: number): HostTensors {
  const shape = [rows, maxTokens, width];
  const zeros = () => new Float32Array(rows * maxTokens * width);
  return Object.fromEntries(cacheNames(layers).map((name) => [name, { dtype: 'float32', shape, data: zeros() }]));
}

/** Sizes of a step over beams. */
export interface BeamShape {
  /** S. */
  readonly searches: number;
  /** Beams per search, B. */
  readonly width: number;
  /** Slots of the cache per search, N. */
  readonly slots: number;
}

/**
 * Builds the graph that decodes one more token per beam. The beams of a search share its cache; `mask` says which tokens each sees. Inputs:
 * `tokens` [S, B]; `positions` [S] of these tokens; `distances` [S, N + B], row of the table of relative biases for each slot and each
 * of these tokens; `mask` [S, B, N + B], added to the scores of attention; the cache `key0`, `value0`, `key1` ..., each [S, H, N, W / H].
 * Outputs: `logProbs` [S B, V], and the keys and values of these tokens under `freshName`, each [S, H, B, W / H].
 *
 * @param logProbsOf makes the output `logProbs`, [S B, V]
 */
export function beamStep({ layers, heads, width }: CausalSize, logProbsOf: NextTokens): GraphFunction {
  return (inputs) => {
    const [searches, beams, columns] = inputs['mask']!.shape as [number, number, number];
    const relative = tf.gather(weight(inputs, 'relative'), tf.reshape(inputs['distances']!, [-1])); // [S (N + B), H]
    const byHead = tf.transpose(tf.reshape(relative, [searches, 1, columns, heads]), [0, 3, 1, 2]); // [S, H, 1, N + B]
    const bias = tf.add(byHead, tf.expandDims(inputs['mask']!, 1)); // [S, H, B, N + B]
    const fresh: Record<string, Tensor> = {};
    const split = (x: Tensor): Tensor => tf.transpose(tf.reshape(x, [searches, beams, heads, -1]), [0, 2, 1, 3]); // [S, H, B, W / H]
    const attend: Attend = (layer, q, k, v) => {
      const [key, value] = [`key${layer}`, `value${layer}`] as const;
      const own = { k: (fresh[freshName(key)] = split(k)), v: (fresh[freshName(value)] = split(v)) };
      const query = tf.mul(split(q), Math.sqrt(heads / width));
      // the cache is large and is not copied to append the new tokens: their scores and sums are computed apart
      const scores = tf.concat([tf.matMul(query, inputs[key]!, false, true), tf.matMul(query, own.k, false, true)], 3);
      const weights = tf.softmax(tf.add(scores, bias)); // [S, H, B, N + B]
      const [past, now] = tf.split(weights, [columns - beams, beams], 3) as [Tensor, Tensor];
      const sums = tf.add(tf.matMul(past, inputs[value]!), tf.matMul(now, own.v)); // [S, H, B, W / H]
      return tf.reshape(tf.transpose(sums, [0, 2, 1, 3]), [searches, beams, width]);
    };
    const positions = tf.expandDims(tf.gather(weight(inputs, 'position'), inputs['positions']!), 1); // [S, 1, W]
    const states = transform(inputs, tf.add(tokenEmbeddings(inputs, inputs['tokens']!), positions), layers, attend); // [S, B, W]
    return { logProbs: logProbsOf(inputs, tf.reshape(states, [-1, width])), ...fresh };
  };
}

/** Inputs of `beamStep` other than the weights. */
export function beamStepInputs({ layers, heads, width: size }: CausalSize, { searches, width, slots }: BeamShape): TensorSpec[] {
  return [
    { name: 'tokens', shape: [searches, width], dtype: 'int32' },
    { name: 'positions', shape: [searches], dtype: 'int32' },
    { name: 'distances', shape: [searches, slots + width], dtype: 'int32' },
    { name: 'mask', shape: [searches, width, slots + width] },
    ...cacheNames(layers).map((name) => ({ name, shape: [searches, heads, slots, size / heads] })),
  ];
}

/** Returns the name of the output of `beamStep` that belongs in a tensor of the cache. */
export const freshName = (name: string): string => `fresh/${name}`;

/** Returns the names of the tensors of a cache. */
export const cacheNames = (layers: number): string[] => Array.from({ length: layers }, (_, i) => [`key${i}`, `value${i}`]).flat();
