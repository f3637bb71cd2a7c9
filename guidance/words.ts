import { type Static, Type } from '@sinclair/typebox';
import {
  type Automaton,
  choice,
  compileExpression,
  complement,
  intersect,
  one,
  repeat,
  sequence,
  type TokenRegex,
  wordIds,
} from '../lib/automaton/index.js';
import type { Problem } from '../lib/base/errors.js';
import type { GuideFactory, ModelInfo } from '../lib/guide/contract.js';
import { unknownWord, wordIdsIn, wordLevelProblems } from './parts/vocabulary-words.js';

const phrases = (description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1 }), { maxItems: 1000, description }));

const options = Type.Object({
  all: phrases('Words or phrases that the text must all contain, in any order.'),
  any: phrases('Words or phrases of which the text must contain at least one.'),
  none: phrases('Words or phrases that the text must not contain.'),
  at: Type.Optional(
    Type.Array(
      Type.Object({
        position: Type.Integer({ minimum: 0, description: 'The number of words before it.' }),
        word: Type.String({ minLength: 1, description: 'A word, or a phrase that begins there.' }),
      }),
      { description: 'Words or phrases at positions, counted from 0.' },
    ),
  ),
  ignoreCase: Type.Boolean({ default: false, description: 'Ignore upper and lower case.' }),
});

type Options = Static<typeof options>;

/** The text contains words and phrases, lacks them, or has them at a position. */
export default {
  name: 'words',
  summary: 'The text contains words or phrases (all, any, at a position) or lacks them.',
  options,
  example: { all: ['green', 'old garden'], none: ['sleeps'], ignoreCase: false },
  places: ['posterior'],
  check(row, { model }) {
    const problems = wordLevelProblems(model, '');
    if (problems.length > 0) return problems;
    if ([row.all, row.any, row.none, row.at].every((list) => !list?.length))
      return [{ path: '', message: 'expected a word in at least one of all, any, none, at' }];
    return [...phraseProblems(row, model), ...positionProblems(row, model)];
  },
  create: ({ model }) => ({ via: 'posterior', factors: (row) => ({ automaton: automatonOf(row, model) }) }),
} satisfies GuideFactory<Options>;

function phraseProblems(
  { all = [], any = [], none = [], at = [], ignoreCase }: Options,
  { vocabulary, split }: ModelInfo,
): Problem[] {
  const idsOf = wordIdsIn(vocabulary, ignoreCase);
  const given = [
    ...all.map((phrase, i) => ({ phrase, path: `/all/${i}` })),
    ...any.map((phrase, i) => ({ phrase, path: `/any/${i}` })),
    ...none.map((phrase, i) => ({ phrase, path: `/none/${i}` })),
    ...at.map(({ word }, i) => ({ phrase: word, path: `/at/${i}/word` })),
  ];
  return given.flatMap(({ phrase, path }) => {
    const words = split(phrase);
    if (words.length === 0) return [{ path, message: 'expected a word, got spaces' }];
    return words.flatMap((word) => {
      const message = unknownWord(word, idsOf, vocabulary);
      return message === undefined ? [] : [{ path, message }];
    });
  });
}

function positionProblems({ at = [] }: Options, { maxTokens, split }: ModelInfo): Problem[] {
  const most = maxTokens - 2;
  return at.flatMap(({ position, word }, i) => {
    const end = position + split(word).length;
    if (end <= most) return [];
    return [
      {
        path: `/at/${i}/position`,
        message: `expected the word to end within ${most} words, the longest text of this model, got ${end}`,
      },
    ];
  });
}

function automatonOf(
  { all = [], any = [], none = [], at = [], ignoreCase }: Options,
  { vocabulary, split }: ModelInfo,
): Automaton {
  const idsOf = wordIdsIn(vocabulary, ignoreCase);
  const words = one(wordIds(vocabulary));
  const anything = repeat(words, 0);
  const phraseOf = (phrase: string) => sequence(...split(phrase).map((word) => one(idsOf(word))));
  const has = (list: readonly string[]) => sequence(anything, choice(...list.map(phraseOf)), anything);
  const compile = (expression: TokenRegex) => compileExpression(expression, vocabulary.size);
  const parts = [
    ...all.map((phrase) => compile(has([phrase]))),
    ...(any.length > 0 ? [compile(has(any))] : []),
    ...(none.length > 0 ? [complement(compile(has(none)))] : []),
    ...at.map(({ position, word }) => compile(sequence(repeat(words, position, position), phraseOf(word), anything))),
  ];
  return parts.reduce(intersect);
}
