import { type Static, Type } from '@sinclair/typebox';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Problem } from '../lib/base/errors.js';
import { tokenCrossEntropy } from '../lib/diffusion/objectives.js';
import { tf } from '../lib/engine/tf.js';
import type { HostTensor, Tensors } from '../lib/engine/types.js';
import type { GuideContext, GuideFactory, ModelInfo, Via } from '../lib/guide/contract.js';
import { linear, linearParams } from '../lib/model/layers.js';
import { uposOf } from '../lib/text/parses.js';
import { countTags, readTag, TAG_SETS, type TagChoice, tagFactors, tagLogProbs } from './parts/tags.js';
import { subwordProblems } from './parts/vocabulary-words.js';
import { wordFuture } from './parts/word-future.js';

/** The class of START, END and PAD; those of the Universal tags are numbered from 1. */
const NO_WORD = 0;
const CLASSES = TAG_SETS.universal.length + 1;

const options = Type.Object({
  tags: Type.Array(Type.String({ minLength: 1 }), {
    description:
      'One tag per word of the text: a Universal or Penn tag, several of one set as in `NOUN|PROPN`, or `*` for any word. A leading START and a trailing END are ignored.',
  }),
});

type Options = Static<typeof options>;

/** Each word has the part of speech given for its position. */
export default {
  name: 'pos',
  summary: 'The words have given parts of speech, one Universal or Penn tag per word.',
  options,
  example: { tags: ['DET', 'NOUN', 'AUX', 'ADJ', 'PUNCT'] },
  places: ['posterior', 'gradient'],
  classifier: {
    outputs: (width) => linearParams('tag', width, CLASSES),
    learnsFrom: 'parses',
    labels: (row, { maxTokens }) => {
      const data = new Int32Array(maxTokens).fill(NO_WORD); // [L]
      uposOf(row).forEach((tag, i) => (data[i + 1] = TAG_SETS.universal.indexOf(tag) + 1));
      return { tags: { dtype: 'int32', shape: [maxTokens], data } };
    },
    loss: (states, { tags }, weights) => tf.mean(tokenCrossEntropy(linear(weights, 'tag', states), tags!)),
  },
  tables: { count: countTags },
  check: ({ tags }, { model, via }) => (model.wordLevel ? tagProblems(tags, model, via) : subwordProblems(model, '/tags')),
  create: (context) => (context.via === 'posterior' ? byFactors(context) : byClassifier(context)),
} satisfies GuideFactory<Options>;

/** The tags of the last word that was read and of the next ones. */
export const future = wordFuture({
  count: () => TAG_SETS.universal.length,
  ofRow: (row) => uposOf(row).map((tag) => TAG_SETS.universal.indexOf(tag)),
  wanted: ({ tags }: Options) => choicesOf(tags).map((choice) => choice?.tags),
});

/** Returns the tags without START and END, which the targets of the paper contain. */
function bare(tags: readonly string[]): readonly string[] {
  return tags.slice(leading(tags), tags.at(-1) === 'END' ? -1 : undefined);
}

const leading = (tags: readonly string[]): number => (tags[0] === 'START' ? 1 : 0);

function tagProblems(tags: readonly string[], { maxTokens }: ModelInfo, via: Via): Problem[] {
  const words = bare(tags);
  const wrong = words.flatMap((tag, i): Problem[] => {
    const path = `/tags/${i + leading(tags)}`;
    const choice = readTag(tag);
    if (typeof choice === 'string') return [{ path, message: choice }];
    if (via === 'posterior' || choice?.set !== 'penn') return [];
    return [{ path, message: `the classifier of "${via}" knows Universal tags, got the Penn tag "${tag}"; use "posterior"` }];
  });
  const most = maxTokens - 2;
  return words.length > most
    ? [...wrong, { path: '/tags', message: `expected at most ${most} tags, the longest text of this model, got ${words.length}` }]
    : wrong;
}

/** Reads the tags of checked options. */
const choicesOf = (tags: readonly string[]): (TagChoice | undefined)[] =>
  bare(tags).map((tag) => readTag(tag) as TagChoice | undefined);

/** Steers by log p(tags | latents) from a classifier trained on noised embeddings, as the paper does (Li et al. 2022, section 5.1). */
function byClassifier({ tf, model: { maxTokens }, states }: GuideContext) {
  return {
    via: 'gradient' as const,
    mostWords: ({ tags }: Options) => bare(tags).length,
    encode(rows: readonly (Options | null)[], length = maxTokens): Record<string, HostTensor> {
      const perRow = length * CLASSES;
      const data = new Float32Array(rows.length * perRow);
      rows.forEach((row, i) => data.set(allowed(choicesOf(row?.tags ?? []), length), i * perRow));
      return { allowed: { dtype: 'float32', shape: [rows.length, length, CLASSES], data } };
    },
    logProb(z: Tensor, { time }: { time: Tensor }, { allowed }: Tensors, weights: Tensors): Tensor {
      const logits = linear(weights, 'tag', states(weights, z, time, allowed!.shape[1])); // [B, length, classes]
      const forbidden = tf.mul(tf.sub(1, allowed!), -1e9);
      const logProbs = tf.sub(tf.logSumExp(tf.add(logits, forbidden), -1), tf.logSumExp(logits, -1)); // [B, length]
      return tf.minimum(tf.sum(logProbs, -1), 0); // [B]; rounding may exceed 0 if everything is allowed
    },
  };
}

/** Returns 1 for each class that is allowed at a position, [length, classes]. */
function allowed(choices: readonly (TagChoice | undefined)[], length: number): Float32Array {
  const mask = new Float32Array(length * CLASSES);
  for (let position = 0; position < length; position++) {
    const row = mask.subarray(position * CLASSES, (position + 1) * CLASSES);
    const isWord = position > 0 && position <= choices.length;
    const choice = choices[position - 1];
    if (!isWord) row[NO_WORD] = 1;
    else if (choice) choice.tags.forEach((tag) => (row[tag + 1] = 1));
    else row.fill(1, NO_WORD + 1);
  }
  return mask;
}

/** Weighs each token by log p(tag | word), counted in the parses. */
function byFactors({ model, tables }: GuideContext) {
  const logProbs = tagLogProbs(tables);
  return {
    via: 'posterior' as const,
    factors: ({ tags }: Options) => ({ logUnary: tagFactors(choicesOf(tags), model, logProbs) }),
  };
}
