import type { Tensor } from '@tensorflow/tfjs-core';
import { attention } from '../../engine/ops.js';
import { tf } from '../../engine/tf.js';
import type { GraphFunction, HostTensors, TensorSpec } from '../../engine/types.js';
import { weight } from '../layers.js';
import { type Attend, causalBias, type CausalSize, tokenEmbeddings, tokenScores, transform } from './causal-transformer.js';

/**
 * Builds the graph that decodes one more token per row, with cached keys and values of the tokens before it. Inputs: `tokens` [B];
 * `positions` [B], the position of each token, START at 0; `from` [B], the row whose cache each row continues, if `reorders`; and the
 * cache `key0`, `value0`, `key1` ..., each [B, L, W], which are outputs too.
 *
 * @param finish makes the output `logProbs` from the scores [B, V]
 */
export function cachedStep(size: CausalSize, reorders: boolean, finish: (scores: Tensor) => Tensor): GraphFunction {
  const { maxTokens, layers, heads } = size;
  return (inputs) => {
    const positions = inputs['positions']!; // [B]
    const at = tf.expandDims(tf.cast(tf.oneHot(tf.cast(positions, 'int32'), maxTokens), 'bool'), -1); // [B, L, 1]
    const biases = tf.transpose(causalBias(inputs, maxTokens), [1, 0, 2]); // [L, H, L], by the query's place
    const bias = tf.expandDims(tf.gather(biases, positions), 2); // [B, H, 1, L]
    const cache: Record<string, Tensor> = {};
    const kept = (name: string, fresh: Tensor): Tensor => {
      const past = reorders ? tf.gather(inputs[name]!, inputs['from']!) : inputs[name]!; // [B, L, W]
      return (cache[name] = tf.where(at, fresh, past));
    };
    const attend: Attend = (layer, q, k, v) => attention(q, kept(`key${layer}`, k), kept(`value${layer}`, v), heads, bias);
    const x = tf.add(tokenEmbeddings(inputs, inputs['tokens']!), tf.gather(weight(inputs, 'position'), positions)); // [B, W]
    const states = transform(inputs, tf.expandDims(x, 1), layers, attend); // [B, 1, W]
    return { logProbs: finish(tokenScores(inputs, tf.squeeze(states, [1]))), ...cache };
  };
}

/** Inputs of `cachedStep` other than the weights. */
export function cachedStepInputs({ maxTokens, layers, width }: CausalSize, rows: number, reorders: boolean): TensorSpec[] {
  const row = (name: string): TensorSpec => ({ name, shape: [rows], dtype: 'int32' });
  return [
    ...['tokens', 'positions', ...(reorders ? ['from'] : [])].map(row),
    ...cacheNames(layers).map((name) => ({ name, shape: [rows, maxTokens, width] })),
  ];
}

/** Returns a cache without tokens. */
export function emptyCache({ maxTokens, layers, width }: CausalSize, rows: number): HostTensors {
  const shape = [rows, maxTokens, width];
  const zeros = () => new Float32Array(rows * maxTokens * width);
  return Object.fromEntries(cacheNames(layers).map((name) => [name, { dtype: 'float32', shape, data: zeros() }]));
}

const cacheNames = (layers: number): string[] => Array.from({ length: layers }, (_, i) => [`key${i}`, `value${i}`]).flat();
