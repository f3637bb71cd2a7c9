import { type Static, Type } from '@sinclair/typebox';
import { type Automaton, compileExpression, one, repeat, sequence, type TokenRegex, wordIds } from '../lib/automaton/index.js';
import type { Problem } from '../lib/base/errors.js';
import type { GuideFactory, ModelInfo, PosteriorFactors, Via } from '../lib/guide/contract.js';
import { type InfillTemplate, infillTemplateProblems, isFixed, parseInfillTemplate } from '../lib/text/infill-template.js';
import type { Vocabulary } from '../lib/text/types.js';
import { subwordProblems } from './parts/vocabulary-words.js';

const options = Type.Object({
  template: Type.Union([Type.String(), Type.Array(Type.String())], {
    description:
      'Words and gaps: `_` is one word, `_:3` three, `_:2-4` two to four, `_:2-` two or more, `...` any number. A string, or a list of words and gaps.',
  }),
});

type Options = Static<typeof options>;

/** The text contains the given words at their positions; the model fills the gaps. */
export default {
  name: 'infill',
  summary: 'A template of given words and gaps; the model fills the gaps.',
  options,
  example: { template: 'The _ is _:2 .' },
  places: ['posterior', 'project'],
  check({ template }, { model, via }) {
    if (!model.wordLevel) return subwordProblems(model, '/template');
    const problems = infillTemplateProblems(template, model.split);
    return problems.length > 0 ? problems.map((p) => ({ ...p, path: `/template${p.path}` })) : fitProblems(template, via, model);
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
          /** Replaces predicted embeddings by the clean ones of the given words (Li et al. 2022, section 5.3, and the original code). */
          project(x0, _state, { ids, given }, embeddings) {
            const clean = tf.reshape(tf.gather(embeddings, tf.reshape(ids!, [-1]).toInt() as never), x0.shape); // [B, L, D]
            return tf.add(tf.mul(x0, tf.sub(1, given!)), tf.mul(clean, given!));
          },
        }
      : { via: 'posterior', factors: (row) => factorsOf(parseInfillTemplate(row.template, model.split), model) },
} satisfies GuideFactory<Options>;

function fitProblems(template: Options['template'], via: Via, model: ModelInfo): Problem[] {
  const { maxTokens, vocabulary, interpolates } = model;
  const { slots } = parseInfillTemplate(template, model.split);
  const unknown = slots.filter((slot) => typeof slot === 'string' && vocabulary.id(slot) === undefined);
  const least = slots.reduce((sum, slot) => sum + (slot !== null && typeof slot === 'object' ? slot.min : 1), 0);
  const free = !isFixed(slots) && (via === 'project' || !interpolates);
  const messages = [
    ...(least > maxTokens - 2
      ? [`expected at most ${maxTokens - 2} words and gaps, the longest text of this model, got ${least}`]
      : []),
    ...(free
      ? ['has a gap without a fixed length; only `posterior` with a model of the default recipe can position the words after it']
      : []),
    ...unknown.map((word) => `the vocabulary of this model has no word "${word as string}"; use another word or leave a gap`),
  ];
  return messages.map((message) => ({ path: '/template', message }));
}

/** Returns the automaton of a template whose gaps have no fixed length, so that its words have an order but no positions. */
function automatonOf({ slots, open }: InfillTemplate, vocabulary: Vocabulary): Automaton {
  const any = one(wordIds(vocabulary));
  const parts = slots.map((slot): TokenRegex => {
    if (typeof slot === 'string') return one([vocabulary.id(slot)!]);
    return slot === null ? any : repeat(any, slot.min, slot.max);
  });
  return compileExpression(sequence(...parts, ...(open ? [repeat(any, 0)] : [])), vocabulary.size);
}

interface FixedTemplate extends InfillTemplate {
  readonly slots: readonly (string | null)[];
}

/** Returns the token at each position [L], -1 for any; null pads a batch and fixes none. */
function fixedIds(row: Options | null, model: ModelInfo): Int32Array {
  if (row === null) return new Int32Array(model.maxTokens).fill(-1);
  const { slots, open } = parseInfillTemplate(row.template, model.split);
  if (!isFixed(slots)) throw new RangeError('expected a template whose gaps have fixed lengths');
  return idsOf({ slots, open }, model);
}

function idsOf({ slots, open }: FixedTemplate, { maxTokens, vocabulary }: ModelInfo): Int32Array {
  const ids = new Int32Array(maxTokens).fill(-1); // [L]
  slots.forEach((word, i) => {
    if (word !== null) ids[i + 1] = vocabulary.id(word)!;
  });
  ids[0] = vocabulary.start;
  if (!open) ids.fill(vocabulary.pad, slots.length + 2).fill(vocabulary.end, slots.length + 1, slots.length + 2);
  return ids;
}

function factorsOf(template: InfillTemplate, model: ModelInfo): PosteriorFactors {
  const { slots } = template;
  return isFixed(slots)
    ? { logUnary: placedFactors({ ...template, slots }, model) }
    : { automaton: automatonOf(template, model.vocabulary) };
}

/** Returns factors that allow only the given words at their positions, no END or PAD in the gaps, and END after a closed template. */
function placedFactors(template: FixedTemplate, model: ModelInfo): Float32Array {
  const { size, end, pad } = model.vocabulary;
  const { slots } = template;
  const logUnary = new Float32Array(model.maxTokens * size); // [L, V]
  idsOf(template, model).forEach((id, i) => {
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
