import type { Static } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import type { Problem } from '../lib/base/errors.js';
import type { GuideContext, GuideFactory, ModelInfo } from '../lib/guide/contract.js';
import { subwordProblems } from './parts/vocabulary-words.js';

const options = Type.Object({
  lists: Type.Record(Type.String(), Type.Array(Type.String({ minLength: 1 })), {
    description: 'Lists of words, by name.',
  }),
  at: Type.Array(Type.String(), {
    description:
      'For each position, from the first word on: the name of the list of words that should not be there, or "" for none.',
  }),
  nats: Type.Number({
    exclusiveMinimum: 0,
    maximum: 1000,
    default: 10,
    description: 'How much less likely such a word gets, in nats.',
  }),
});

type Options = Static<typeof options>;

/** Words of a list stay away from a position unless nothing else is at all likely there. */
export default {
  name: 'except',
  summary: 'At given positions, words of given lists are avoided.',
  options,
  example: { lists: { animals: ['heron', 'frog'], signs: ['.', ','] }, at: ['signs', 'animals', '', 'signs'], nats: 10 },
  places: ['posterior'],
  check: (row, { model }) => (model.wordLevel ? positionProblems(row, model) : subwordProblems(model, '/lists')),
  create: ({ model }: GuideContext) => ({
    via: 'posterior' as const,
    factors: (row: Options) => ({ logUnary: exceptFactors(row, model) }),
  }),
} satisfies GuideFactory<Options>;

function positionProblems({ lists, at }: Options, { maxTokens }: ModelInfo): Problem[] {
  const unknown = at.flatMap((name, i) => {
    if (name === '' || Object.hasOwn(lists, name)) return [];
    return [
      {
        path: `/at/${i}`,
        message: `there is no list "${name}"; expected "" or one of ${Object.keys(lists).join(', ') || 'none'}`,
      },
    ];
  });
  const most = maxTokens - 2;
  const tooMany = {
    path: '/at',
    message: `expected at most ${most} positions, the longest text of this model, got ${at.length}`,
  };
  return at.length > most ? [...unknown, tooMany] : unknown;
}

/** Returns log-factors [L, V] in nats; the first word is at position 1. Words that the vocabulary lacks cannot occur anyway. */
function exceptFactors({ lists, at, nats }: Options, { maxTokens, vocabulary }: ModelInfo): Float32Array {
  const factors = new Float32Array(maxTokens * vocabulary.size); // [L, V]
  at.forEach((name, i) => {
    for (const word of lists[name] ?? []) {
      const id = vocabulary.id(word);
      if (id !== undefined) factors[(i + 1) * vocabulary.size + id] = -nats;
    }
  });
  return factors;
}
