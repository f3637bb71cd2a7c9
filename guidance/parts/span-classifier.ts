import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../../lib/engine/tf.js';
import type { Tensors } from '../../lib/engine/types.js';
import type { ClassifierSpec } from '../../lib/guide/contract.js';
import { linear, linearParams } from '../../lib/model/layers.js';
import { treesOfParse } from '../../lib/text/parses.js';
import { CHAIN, type Constituent, constituentsOf } from '../../lib/text/penn-tree.js';
import type { AnnotatedRow } from '../../lib/text/types.js';
import { commonTokens } from '../../lib/text/vocabulary.js';

/** Classes of pairs of positions in addition to the labels of constituents. */
export const NO_WORD = 'no word';
export const NO_CONSTITUENT = 'no constituent';
/** The class of all rare labels. */
export const OTHER = 'other';

/** A label with fewer constituents in the training data is rare. */
const RARE = 20;
/** Inner width of the biaffine form, per class. */
const RANK = 32;

/**
 * Classifies every pair of positions as the first and last word of a constituent with a label, or of none (Stern et al. 2017,
 * arXiv 1705.03919; scores by a biaffine form, Dozat and Manning 2017, arXiv 1611.01734). The pair of a position with itself tells words
 * from END and PAD.
 */
export const spanClassifier: ClassifierSpec = {
  learnsFrom: 'parses',
  classes: (rows) => {
    const labels = rows.flatMap(constituents).map(({ label }) => label);
    return [NO_WORD, NO_CONSTITUENT, OTHER, ...commonTokens([labels], RARE)];
  },
  outputs: (width, classes) => [
    ...linearParams('first', width, classes.length * RANK, 1 / Math.sqrt(RANK)),
    ...linearParams('last', width, RANK),
  ],
  labels: (row, { maxTokens }, classes) => ({
    pairs: {
      dtype: 'int32',
      shape: [maxTokens, maxTokens],
      data: pairClasses(row.words.length, constituents(row), maxTokens, classes),
    },
  }),
  loss: (states, { pairs }, weights) =>
    tf.neg(tf.div(tf.sum(pairLogProbs(states, pairs!, weights)), states.shape[0]! * states.shape[1]!)),
};

/** Phrase labels of the Penn Treebank (Bies et al. 1995, section 1.2) and of Stanford CoreNLP. */
export const PHRASES: readonly string[] =
  'ADJP ADVP CONJP FRAG INTJ LST NAC NML NP NX PP PRN PRT QP RRC UCP VP WHADJP WHADVP WHNP WHPP X S SBAR SBARQ SINV SQ'.split(
    ' ',
  );

/** Returns what is wrong with a label or a chain of labels, or undefined. */
export function labelProblem(label: string): string | undefined {
  const unknown = label.split(CHAIN).filter((name) => !PHRASES.includes(name));
  if (unknown.length === 0) return undefined;
  return `expected a phrase label of the Penn Treebank (${PHRASES.join(' ')}) or several joined by ${CHAIN}, got "${unknown[0]}"`;
}

/** Returns whether a chain of labels contains `labels` in their order. */
export function hasLabels(chain: string, labels: readonly string[]): boolean {
  let found = 0;
  for (const part of chain.split(CHAIN)) if (part === labels[found]) found++;
  return found === labels.length;
}

/** Returns the constituents of all sentences of a row. */
export function constituents({ sentences }: AnnotatedRow): readonly Constituent[] {
  let offset = 0;
  return sentences.flatMap(({ words, tree }) => {
    const found = constituentsOf(treesOfParse(tree)).map(({ start, end, label }) => ({
      start: start + offset,
      end: end + offset,
      label,
    }));
    offset += words.length;
    return found;
  });
}

/**
 * Returns 1 + the class of each pair of positions, or 0 for any class: [L, L] row-major. Word i is at position i + 1.
 *
 * @param words the number of words of a text without other constituents; undefined leaves other pairs free
 */
export function pairClasses(
  words: number | undefined,
  constituents: readonly Constituent[],
  maxTokens: number,
  classes: readonly string[],
): Int32Array {
  const classOf = (label: string): number => {
    const at = classes.indexOf(label);
    return 1 + (at < 0 ? classes.indexOf(OTHER) : at);
  };
  const pairs = new Int32Array(maxTokens * maxTokens); // [L, L]
  if (words !== undefined) {
    for (let first = 1; first <= words; first++)
      pairs.fill(classOf(NO_CONSTITUENT), first * maxTokens + first, first * maxTokens + words + 1);
    for (let position = 0; position < maxTokens; position++)
      if (position === 0 || position > words) pairs[position * maxTokens + position] = classOf(NO_WORD);
  }
  for (const { start, end, label } of constituents) pairs[(start + 1) * maxTokens + end + 1] = classOf(label);
  return pairs;
}

/**
 * Returns the sum over pairs of log p of their classes, [B] nats.
 *
 * @param states [B, L, W]
 * @param pairs [B, L, L], as from pairClasses
 */
export function pairLogProbs(states: Tensor, pairs: Tensor, weights: Tensors): Tensor {
  const [rows, length] = states.shape as [number, number];
  const first = linear(weights, 'first', states); // [B, L, C R]
  const last = linear(weights, 'last', states); // [B, L, R]
  const classes = first.shape[2]! / RANK;
  const products = tf.matMul(tf.reshape(first, [rows, length * classes, RANK]), last, false, true); // [B, L C, L]
  const scores = tf.reshape(products, [rows, length, classes, length]); // [B, L, C, L]
  const ids = tf.tensor(
    Int32Array.from({ length: classes }, (_, c) => c + 1),
    [1, 1, classes, 1],
    'int32',
  );
  const asked = tf.cast(tf.equal(tf.expandDims(pairs, 2), ids), 'float32'); // [B, L, C, L]
  const chosen = tf.sum(tf.reshape(tf.mul(scores, asked), [rows, -1]), -1); // [B]
  const said = tf.cast(tf.greater(pairs, 0), 'float32'); // [B, L, L]
  const total = tf.sum(tf.reshape(tf.mul(tf.logSumExp(scores, 2), said), [rows, -1]), -1); // [B]
  return tf.sub(chosen, total);
}

/**
 * Returns the sum over spans of log p of their allowed classes, [B] nats.
 *
 * @param states [B, L, W]
 * @param inputs `first` and `last` [B, S, L], 1 at the position of a span's first and last word; `allowed` [B, S, C], 1 for its classes
 */
export function spanLogProbs(states: Tensor, { first, last, allowed }: Tensors, weights: Tensors): Tensor {
  const [rows, spans, classes] = allowed!.shape as [number, number, number];
  const before = linear(weights, 'first', tf.matMul(first!, states)); // [B, S, C R]
  const after = linear(weights, 'last', tf.matMul(last!, states)); // [B, S, R]
  const products = tf.mul(tf.reshape(before, [rows, spans, classes, RANK]), tf.expandDims(after, 2)); // [B, S, C, R]
  const scores = tf.sum(products, -1); // [B, S, C]
  const within = tf.logSumExp(tf.add(scores, tf.mul(tf.sub(1, allowed!), -1e9)), -1); // [B, S]
  return tf.minimum(tf.sum(tf.sub(within, tf.logSumExp(scores, -1)), -1), 0); // [B]; rounding may exceed 0
}
