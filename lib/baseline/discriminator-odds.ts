import { prefixed, scoped } from '../engine/scope.js';
import { tf } from '../engine/tf.js';
import type { Device, GraphFunction, HostTensor, TensorSpec } from '../engine/types.js';
import type { AskedDiscriminator, DiscriminatorSize } from '../plan/discriminators.js';
import type { Vocabulary } from '../text/types.js';
import { answerLogits, prefixStates } from './discriminator.js';
import type { ControlOdds } from './fudge.js';
import type { Writing } from './sample-texts.js';

const WEIGHT = 'weight/';
const EXCLUDED = -1e9;

/**
 * Returns the function that asks a discriminator about the candidates of texts.
 *
 * @param rows texts per batch
 */
export function discriminatorOdds(
  device: Device,
  asked: AskedDiscriminator,
  { start, pad }: Vocabulary,
  rows: number,
): ControlOdds {
  const { size, weights } = asked;
  const graph = oddsGraph(size);
  const constants = prefixed(WEIGHT, weights);
  return async (texts, candidates) => {
    const found: Float32Array[] = [];
    const count = candidates[0]!.length;
    const program = await device.compile(graph, inputSpecs(size, rows, count), constants); // the device caches it
    for (let from = 0; from < texts.length; from += rows) {
      const part = texts.slice(from, from + rows);
      const { logProb } = await program.run(
        feedsOf(asked, part, candidates.slice(from, from + rows), { start, pad, rows, count }),
      );
      const all = logProb!.data as Float32Array; // [B, K]
      part.forEach((_, i) => found.push(all.slice(i * count, (i + 1) * count)));
    }
    return found;
  };
}

const oddsGraph =
  (size: DiscriminatorSize): GraphFunction =>
  (inputs) => {
    const weights = scoped(WEIGHT, inputs);
    const states = prefixStates(weights, inputs['ids']!, size); // [B, L, W]
    const last = tf.sum(tf.mul(states, tf.expandDims(inputs['last']!, -1)), 1, true); // [B, 1, W]
    const logits = answerLogits(weights, last, inputs['candidates']!, size); // [B, K, Q, C]
    const excluded = tf.mul(tf.sub(1, tf.expandDims(inputs['allowed']!, 1)), EXCLUDED); // [B, 1, Q, C]
    const logProbs = tf.sub(tf.logSumExp(tf.add(logits, excluded), -1), tf.logSumExp(logits, -1)); // [B, K, Q]
    return { logProb: tf.sum(logProbs, -1) }; // [B, K]; ln 1 if all classes are allowed
  };

function inputSpecs({ maxTokens, questions }: DiscriminatorSize, rows: number, count: number): TensorSpec[] {
  return [
    { name: 'ids', shape: [rows, maxTokens], dtype: 'int32' },
    { name: 'last', shape: [rows, maxTokens] },
    { name: 'candidates', shape: [rows, count], dtype: 'int32' },
    { name: 'allowed', shape: [rows, questions.length, Math.max(...questions)] },
  ];
}

interface Layout {
  readonly start: number;
  readonly pad: number;
  readonly rows: number;
  readonly count: number;
}

function feedsOf(
  { size: { maxTokens, questions }, asks }: AskedDiscriminator,
  texts: readonly Writing[],
  candidates: readonly Int32Array[],
  { start, pad, rows, count }: Layout,
): Record<string, HostTensor> {
  const most = Math.max(...questions);
  const ids = new Int32Array(rows * maxTokens).fill(pad);
  const last = new Float32Array(rows * maxTokens); // 1 at the last position read
  const tokens = new Int32Array(rows * count);
  const allowed = new Float32Array(rows * questions.length * most).fill(1);
  texts.forEach(({ request, prefix }, i) => {
    ids.set([start, ...prefix], i * maxTokens);
    last[i * maxTokens + prefix.length] = 1;
    tokens.set(candidates[i]!, i * count);
    asks(request.target, prefix.length + 1).forEach((classes, q) => {
      if (classes === undefined) return;
      const at = (i * questions.length + q) * most;
      allowed.fill(0, at, at + most);
      for (const c of classes) allowed[at + c] = 1;
    });
  });
  return {
    ids: { dtype: 'int32', shape: [rows, maxTokens], data: ids },
    last: { dtype: 'float32', shape: [rows, maxTokens], data: last },
    candidates: { dtype: 'int32', shape: [rows, count], data: tokens },
    allowed: { dtype: 'float32', shape: [rows, questions.length, most], data: allowed },
  };
}
