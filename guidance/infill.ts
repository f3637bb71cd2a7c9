import { Type, type Static } from '@sinclair/typebox';
import type { Problem } from '../lib/errors.js';
import type { GuideFactory, ModelInfo } from '../lib/sampler/guide.js';
import { parseTemplate, templateProblems } from '../lib/text/template.js';

const options = Type.Object({
  template: Type.Union([Type.String(), Type.Array(Type.String())], {
    description: 'Words and gaps: `_` is one word, `_:3` three, a trailing `...` any number. A string, or a list of words.',
  }),
});

type Options = Static<typeof options>;

/** The given words stand at their places; the model fills the gaps. */
export default {
  name: 'infill',
  summary: 'A template of given words and gaps; the given words stay, the gaps are filled.',
  options,
  example: { template: 'The _ is _:2 .' },
  places: ['posterior', 'project'],
  check({ template }, model) {
    if (!model.wordLevel)
      return [
        {
          path: '/template',
          message: 'speaks of words, and a token of this model is a part of a word; use a model with a word tokenizer',
        },
      ];
    const problems = templateProblems(template);
    return problems.length > 0 ? problems.map((p) => ({ ...p, path: `/template${p.path}` })) : fitProblems(template, model);
  },
  create: ({ tf, model, via }) =>
    via === 'project'
      ? {
          via: 'project',
          encode: (rows) => ({
            ids: {
              dtype: 'int32',
              shape: [rows.length, model.maxTokens],
              data: concat(
                rows.map((row) => fixedIds(row, model)),
                model.vocabulary.pad,
              ),
            },
            given: {
              dtype: 'float32',
              shape: [rows.length, model.maxTokens, 1],
              data: Float32Array.from(
                rows.flatMap((row) => [...fixedIds(row, model)]),
                (id) => (id < 0 ? 0 : 1),
              ),
            },
          }),
          /** The clean embeddings of the given words in place of the predicted ones (Li et al. 2022, section 5.3, and the original code). */
          project(x0, _state, { ids, given }, embeddings) {
            const clean = tf.reshape(tf.gather(embeddings, tf.reshape(ids!, [-1]).toInt() as never), x0.shape); // [B, L, D]
            return tf.add(tf.mul(x0, tf.sub(1, given!)), tf.mul(clean, given!));
          },
        }
      : { via: 'posterior', factors: (row) => ({ logUnary: factorsOf(row, model) }) },
} satisfies GuideFactory<Options>;

function fitProblems(template: Options['template'], { maxTokens, vocabulary }: ModelInfo): Problem[] {
  const { slots } = parseTemplate(template);
  const unknown = slots.filter((word) => word !== null && vocabulary.id(word) === undefined);
  const tooLong = slots.length > maxTokens - 2;
  return [
    ...(tooLong
      ? [
          {
            path: '/template',
            message: `expected at most ${maxTokens - 2} words and gaps, the canvas of this model, got ${slots.length}`,
          },
        ]
      : []),
    ...unknown.map((word) => ({
      path: '/template',
      message: `the vocabulary of this model has no word "${word}"; write it otherwise or leave a gap`,
    })),
  ];
}

/** Token of each place of the canvas, -1 where the model is free. */
function fixedIds(row: Options | null, { maxTokens, vocabulary }: ModelInfo): Int32Array {
  const ids = new Int32Array(maxTokens).fill(-1); // [L]
  if (row === null) return ids;
  const { slots, open } = parseTemplate(row.template);
  slots.forEach((word, i) => {
    if (word !== null) ids[i + 1] = vocabulary.id(word)!;
  });
  ids[0] = vocabulary.start;
  if (!open) ids.fill(vocabulary.pad, slots.length + 2).fill(vocabulary.end, slots.length + 1, slots.length + 2);
  return ids;
}

/** Given words alone at their places, no END or PAD in the gaps, and where the template is closed END after it. */
function factorsOf(row: Options, model: ModelInfo): Float32Array {
  const { size, end, pad } = model.vocabulary;
  const { slots } = parseTemplate(row.template);
  const logUnary = new Float32Array(model.maxTokens * size); // [L, V]
  fixedIds(row, model).forEach((id, i) => {
    if (i === 0) return;
    if (id >= 0) {
      logUnary.fill(-Infinity, i * size, (i + 1) * size);
      logUnary[i * size + id] = 0;
    } else if (i <= slots.length) {
      logUnary[i * size + end] = -Infinity;
      logUnary[i * size + pad] = -Infinity;
    } else if (i === slots.length + 1) {
      logUnary[i * size + pad] = -Infinity; // an open end: more words, or END
    }
  });
  return logUnary;
}

function concat(rows: readonly Int32Array[], filler: number): Int32Array {
  return Int32Array.from(
    rows.flatMap((row) => [...row]),
    (id) => (id < 0 ? filler : id),
  );
}
