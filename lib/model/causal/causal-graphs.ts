import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../../engine/tf.js';
import type { GraphFunction } from '../../engine/types.js';
import type { Vocabulary } from '../../text/types.js';
import { tokenCrossEntropy } from '../cross-entropy.js';
import { beamStep, cachedStep, type NextTokens } from './causal-cache.js';
import { causalScores, type CausalSize, causalStates, tokenScores } from './causal-transformer.js';
import type { OfferedWords } from './language-model.js';

/** Programs of a language model. The functions keep their identity, so that a device compiles each once. */
export interface CausalGraphs {
  /** Maps `ids` [B, L] and the position of each row's last token, `last` [B], to `logProbs` of the token after it, [B, V]. */
  readonly next: GraphFunction;
  /** Maps `ids` [B, L] and `counts` [B, L - 1] to `nats` [B]: the counted negative log-probabilities of next tokens, summed. */
  readonly cost: GraphFunction;
  /** Returns `cachedStep` with or without UNK. */
  step(unknown: boolean): GraphFunction;
  /** Returns `beamStep` with or without UNK, for all tokens or those that are offered. */
  beamStep(unknown: boolean, offered?: OfferedWords): GraphFunction;
}

export function causalGraphs(size: CausalSize, vocabulary: Vocabulary): CausalGraphs {
  const never = [vocabulary.pad, vocabulary.start];
  const logProbsWithout =
    (ids: readonly number[]): NextTokens =>
    (weights, states) =>
      tf.logSoftmax(tf.add(tokenScores(weights, states), banned(ids, size, -Infinity)));
  const nextTokens = [[...never, vocabulary.unk], never].map(logProbsWithout); // without UNK, with it
  const steps = nextTokens.map((logProbs) => cachedStep(size, logProbs));
  const beamSteps = nextTokens.map((logProbs) => beamStep(size, logProbs));
  const offering = new Map<string, GraphFunction>(); // by the offered words, since callers make the same ones anew
  return {
    next(inputs) {
      const states = causalStates(inputs, inputs['ids']!, size); // [B, L, W]
      const last = tf.squeeze(tf.gather(states, tf.expandDims(inputs['last']!, 1), 1, 1), [1]); // [B, W]
      return { logProbs: logProbsWithout(never)(inputs, last) };
    },
    cost(inputs) {
      const ids = inputs['ids']!;
      const [rows, length] = ids.shape as [number, number];
      const scores = causalScores(inputs, tf.slice(ids, [0, 0], [rows, length - 1]), size); // [B, L - 1, V]
      const allowed = tf.add(scores, banned(never, size, -1e9)); // finite, so that PAD's cost times a count of 0 is 0
      const costs = tokenCrossEntropy(allowed, tf.slice(ids, [0, 1], [rows, length - 1])); // [B, L - 1]
      return { nats: tf.sum(tf.mul(costs, inputs['counts']!), 1) };
    },
    step: (unknown) => steps[Number(unknown)]!,
    beamStep(unknown, offered) {
      if (offered === undefined) return beamSteps[Number(unknown)]!;
      const key = `${offered.ids.join()} ${offered.shares.join()}`;
      const step = offering.get(key) ?? beamStep(size, logProbsOf(offered));
      offering.set(key, step);
      return step;
    },
  };
}

/** Returns the log-probabilities of the offered words, [R, V']. */
function logProbsOf({ ids, shares }: OfferedWords): NextTokens {
  const known = ids.map((id) => Math.max(id, 0));
  const bias = shares.map((share, v) => (ids[v]! < 0 ? -Infinity : share));
  return (weights, states) => tf.logSoftmax(tf.add(tokenScores(weights, states, tf.tensor1d(known, 'int32')), tf.tensor1d(bias)));
}

/** Returns a bias on the next token's scores that takes all probability from some tokens. */
const banned = (ids: readonly number[], { vocabularySize }: CausalSize, value: number): Tensor =>
  tf.tensor1d(Float32Array.from({ length: vocabularySize }, (_, id) => (ids.includes(id) ? value : 0)));
