import { Type, type Static } from '@sinclair/typebox';
import type { Tensor } from '@tensorflow/tfjs';
import { tokenCrossEntropy } from '../lib/diffusion/objectives.js';
import { tf } from '../lib/engine/index.js';
import type { HostTensor, Tensors } from '../lib/engine/types.js';
import type { Problem } from '../lib/errors.js';
import { linear, linearParams } from '../lib/model/layers.js';
import type { GuideContext, GuideFactory, ModelInfo } from '../lib/sampler/guide.js';
import { uposOf } from '../lib/text/parses.js';
import type { AnnotatedRow } from '../lib/text/types.js';
import { UNIVERSAL_TAGS as TAGS } from '../lib/text/universal-tags.js';

/** The class of START, END and PAD; the classes of the tags follow. */
const NO_WORD = 0;
const CLASSES = TAGS.length + 1;
/** Occurrences that every tag of a word is granted, so that one never seen is unlikely and not impossible. */
const SMOOTHING = 0.01;

const options = Type.Object({
  tags: Type.Array(Type.String({ minLength: 1 }), {
    description: 'A Universal tag for each word; so many tags, so many words. A leading START and a trailing END are ignored.',
  }),
});

type Options = Static<typeof options>;

/** Each word has the part of speech of its place. */
export default {
  name: 'pos',
  summary: 'The words have a sequence of parts of speech, one Universal tag a word.',
  options,
  example: { tags: ['DET', 'NOUN', 'AUX', 'ADJ', 'PUNCT'] },
  places: ['posterior', 'gradient'],
  classifier: {
    outputs: (width) => linearParams('tag', width, CLASSES),
    learnsFrom: 'parses',
    labels: (row, { maxTokens }) => ({ tags: ints([maxTokens], classesOf(uposOf(row), maxTokens)) }),
    loss: (states, { tags }, weights) => tf.mean(tokenCrossEntropy(linear(weights, 'tag', states), tags!)),
  },
  tables: {
    count: (rows, { vocabulary }) => ({
      tagCounts: countTags(rows, vocabulary.size, (word) => vocabulary.id(word) ?? vocabulary.unk),
    }),
  },
  check: ({ tags }, model) =>
    model.wordLevel
      ? tagProblems(bare(tags), model)
      : [
          {
            path: '/tags',
            message: 'speaks of words, and a token of this model is a part of a word; use a model with a word tokenizer',
          },
        ],
  create: (context) => (context.via === 'posterior' ? byFactors(context) : byClassifier(context)),
} satisfies GuideFactory<Options>;

/** The tags without START and END, which the targets of the paper carry. */
function bare(tags: readonly string[]): readonly string[] {
  return tags.slice(tags[0] === 'START' ? 1 : 0, tags.at(-1) === 'END' ? -1 : undefined);
}

function tagProblems(tags: readonly string[], { maxTokens }: ModelInfo): Problem[] {
  const unknown = tags.flatMap((tag, i) =>
    TAGS.includes(tag) ? [] : [{ path: `/tags/${i}`, message: `expected one of ${TAGS.join(', ')}, got "${tag}"` }],
  );
  const most = maxTokens - 2;
  return tags.length > most
    ? [...unknown, { path: '/tags', message: `expected at most ${most} tags, the canvas of this model, got ${tags.length}` }]
    : unknown;
}

/** Classes of the places of a canvas [L]: START, a tag for each word, END and PAD. */
function classesOf(tags: readonly string[], maxTokens: number): Int32Array {
  const classes = new Int32Array(maxTokens).fill(NO_WORD);
  tags.forEach((tag, i) => (classes[i + 1] = TAGS.indexOf(tag) + 1));
  return classes;
}

/** log p(tags | latents) of a classifier trained on noised embeddings, the paper's way (Li et al. 2022, section 5.1). */
function byClassifier({ tf, model, states }: GuideContext) {
  return {
    via: 'gradient' as const,
    encode(rows: readonly (Options | null)[]): Record<string, HostTensor> {
      const data = new Int32Array(rows.length * model.maxTokens);
      rows.forEach((row, i) => data.set(classesOf(bare(row?.tags ?? []), model.maxTokens), i * model.maxTokens));
      return { classes: ints([rows.length, model.maxTokens], data) };
    },
    logProb(z: Tensor, { time }: { time: Tensor }, { classes }: Tensors, weights: Tensors): Tensor {
      const logits = linear(weights, 'tag', states(weights, z, time)); // [B, L, classes]
      return tf.neg(tf.sum(tokenCrossEntropy(logits, classes!), -1)); // [B]
    },
  };
}

/** log p(tag | word) as a factor on each token: how often the word had the tag in the parses. */
function byFactors({ model, tables }: GuideContext) {
  const { maxTokens, vocabulary } = model;
  const { size, end, pad } = vocabulary;
  const logTag = logTagOfWord(tables['tagCounts']!); // [V, tags]
  return {
    via: 'posterior' as const,
    factors({ tags }: Options) {
      const classes = classesOf(bare(tags), maxTokens);
      const words = bare(tags).length;
      const logUnary = new Float32Array(maxTokens * size); // [L, V]
      for (let i = 1; i < maxTokens; i++) {
        for (let v = 0; v < size; v++) {
          const special = v === end || v === pad;
          if (i <= words) logUnary[i * size + v] = special ? -Infinity : logTag[v * TAGS.length + classes[i]! - 1]!;
          else if (v !== (i === words + 1 ? end : pad)) logUnary[i * size + v] = -Infinity;
        }
      }
      return { logUnary };
    },
  };
}

const ints = (shape: readonly number[], data: Int32Array): HostTensor => ({ dtype: 'int32', shape, data });

function countTags(rows: readonly AnnotatedRow[], size: number, idOf: (word: string) => number): HostTensor {
  const counts = new Float32Array(size * TAGS.length); // [V, tags]
  for (const row of rows) {
    const tags = uposOf(row);
    row.words.forEach((word, i) => {
      const tag = TAGS.indexOf(tags[i]!);
      if (tag >= 0) counts[idOf(word) * TAGS.length + tag]! += 1;
    });
  }
  return { dtype: 'float32', shape: [size, TAGS.length], data: counts };
}

function logTagOfWord({ data, shape }: HostTensor): Float32Array {
  const [size, tags] = shape as [number, number];
  const logs = new Float32Array(data.length);
  for (let v = 0; v < size; v++) {
    const counts = Array.from(data.subarray(v * tags, (v + 1) * tags));
    const total = counts.reduce((a, b) => a + b, 0) + SMOOTHING * tags;
    counts.forEach((count, t) => (logs[v * tags + t] = Math.log((count + SMOOTHING) / total)));
  }
  return logs;
}
