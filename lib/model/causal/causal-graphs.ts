import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../../engine/tf.js';
import type { GraphFunction } from '../../engine/types.js';
import type { Vocabulary } from '../../text/types.js';
import { tokenCrossEntropy } from '../cross-entropy.js';
import { beamStep, cachedStep } from './causal-cache.js';
import { causalScores, type CausalSize, causalStates, tokenScores } from './causal-transformer.js';

/** Programs of a language model. The functions keep their identity, so that a device compiles each once. */
export interface CausalGraphs {
  /** Maps `ids` [B, L] and the position of each row's last token, `last` [B], to `logProbs` of the token after it, [B, V]. */
  readonly next: GraphFunction;
  /** Maps `ids` [B, L] and `counts` [B, L - 1] to `nats` [B]: the counted negative log-probabilities of next tokens, summed. */
  readonly cost: GraphFunction;
  /** Returns `cachedStep` with or without UNK. */
  step(unknown: boolean): GraphFunction;
  /** Returns `beamStep` with or without UNK. */
  beamStep(unknown: boolean): GraphFunction;
}

export function causalGraphs(size: CausalSize, vocabulary: Vocabulary): CausalGraphs {
  const never = [vocabulary.pad, vocabulary.start];
  const logProbsWithout = (ids: readonly number[]) => (scores: Tensor) =>
    tf.logSoftmax(tf.add(scores, banned(ids, size, -Infinity)));
  const finishes = [[...never, vocabulary.unk], never].map(logProbsWithout); // without UNK, with it
  const steps = finishes.map((finish) => cachedStep(size, finish));
  const beamSteps = finishes.map((finish) => beamStep(size, finish));
  return {
    next(inputs) {
      const states = causalStates(inputs, inputs['ids']!, size); // [B, L, W]
      const last = tf.squeeze(tf.gather(states, tf.expandDims(inputs['last']!, 1), 1, 1), [1]); // [B, W]
      return { logProbs: logProbsWithout(never)(tokenScores(inputs, last)) };
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
    beamStep: (unknown) => beamSteps[Number(unknown)]!,
  };
}

/** Returns a bias on the next token's scores that takes all probability from some tokens. */
const banned = (ids: readonly number[], { vocabularySize }: CausalSize, value: number): Tensor =>
  tf.tensor1d(Float32Array.from({ length: vocabularySize }, (_, id) => (ids.includes(id) ? value : 0)));
