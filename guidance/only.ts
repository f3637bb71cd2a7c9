import { type Static, Type } from '@sinclair/typebox';
import { type Automaton, choice, compileExpression, one, repeat, sequence, wordIds } from '../lib/automaton/index.js';
import { inputError, type Problem } from '../lib/base/errors.js';
import { locate } from '../lib/base/locate.js';
import { path } from '../lib/config/index.js';
import type { GuideContext, GuideFactory, ModelInfo, PosteriorGuide } from '../lib/guide/contract.js';
import type { Vocabulary } from '../lib/text/types.js';
import { readWordList } from '../lib/text/word-list.js';
import { inflectionsOf } from './parts/inflections.js';
import { type WordIds, wordIdsIn, wordLevelProblems } from './parts/vocabulary-words.js';

const flag = (value: boolean, description: string) => Type.Boolean({ default: value, description });

const options = Type.Object({
  words: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), { maxItems: 100_000, description: 'The allowed words and phrases.' }),
  ),
  file: Type.Optional(
    path('A file of allowed words and phrases: one per line, `#` begins a comment; or a CSV file with a header row.'),
  ),
  column: Type.Optional(Type.String({ description: 'The column of the CSV file that holds the words.' })),
  where: Type.Optional(
    Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1 })]), {
      description: 'Values that columns of the CSV file must have, such as `{ "CEFR": ["A1", "A2"] }`.',
    }),
  ),
  inflections: flag(false, 'Also allow inflected forms: plurals, verb forms, and the parts of contractions.'),
  names: flag(false, 'Also allow names: words that the vocabulary has with a capital only.'),
  numbers: flag(false, 'Also allow words with a digit.'),
  punctuation: flag(true, 'Also allow signs: words without a letter or digit.'),
  ignoreCase: flag(true, 'Ignore upper and lower case.'),
});

type Options = Static<typeof options>;

/** All words of the text are from a list. */
export default {
  name: 'only',
  summary: 'All words of the text are from a list: of a teacher, a level, a child.',
  options,
  example: {
    words: ['the', 'green', 'old', 'pond', 'sleep', 'by the pond'],
    ...{ inflections: true, names: false, numbers: false, punctuation: true, ignoreCase: true },
  },
  places: ['posterior'],
  check(row, { model }) {
    const problems = wordLevelProblems(model, '');
    return problems.length > 0 ? problems : optionProblems(row, model);
  },
  create: (context) => onlyGuide(context),
} satisfies GuideFactory<Options>;

function optionProblems({ words, file, column, where, ...row }: Options, model: ModelInfo): Problem[] {
  if (!words?.length && file === undefined)
    return [{ path: '', message: 'expected the allowed words in "words", or a "file" of them' }];
  const needsFile = [...(column === undefined ? [] : ['column']), ...(where === undefined ? [] : ['where'])];
  const isCsv = file !== undefined && /\.csv(?:\.gz)?$/.test(file);
  const problems = needsFile.flatMap((key) =>
    isCsv ? [] : [{ path: `/${key}`, message: 'belongs to a "file" whose name ends in .csv; leave it out' }],
  );
  if (file !== undefined || problems.length > 0) return problems;
  const allowed = allowedBy({ ...row, words: words! }, words!, model);
  return allowed.known === 0 ? [{ path: '/words', message: noneKnown(words!.length) }] : [];
}

const noneKnown = (count: number): string =>
  `the vocabulary of this model has none of the ${count} words; write them as its texts do, or take another model`;

function onlyGuide({ model }: GuideContext): PosteriorGuide<Options> {
  const lists = new Map<string, readonly string[]>();
  const compiled = new WeakMap<Options, Allowed>();
  const sourceOf = ({ file, column, where }: Options) => JSON.stringify([file, column, where]);
  const wordsOf = (row: Options) => [...(row.words ?? []), ...(row.file === undefined ? [] : lists.get(sourceOf(row))!)];
  const allowedOf = (row: Options): Allowed => {
    if (!compiled.has(row)) compiled.set(row, allowedBy(row, wordsOf(row), model));
    return compiled.get(row)!;
  };
  return {
    via: 'posterior',
    async open(rows) {
      for (const row of rows) {
        const { file, column, where } = row;
        if (file === undefined || lists.has(sourceOf(row))) continue;
        const source = { file: locate(file), ...(column === undefined ? {} : { column }), ...(where && { where }) };
        lists.set(sourceOf(row), await readWordList(source));
        if (allowedOf(row).known === 0) throw inputError(file, noneKnown(wordsOf(row).length));
      }
    },
    files: (rows) => [...new Set(rows.flatMap(({ file }) => (file === undefined ? [] : [locate(file)])))],
    notices: (rows) => rows.flatMap((row) => noticeOf(row, allowedOf(row), wordsOf(row).length)),
    factors: (row) => ({ automaton: allowedOf(row).automaton }),
  };
}

function noticeOf({ file }: Options, { known }: Allowed, count: number): string[] {
  if (known === count) return [];
  const list = file ?? 'the list';
  return [`only: the vocabulary of this model lacks ${count - known} of the ${count} words of ${list}; they cannot occur`];
}

/** The texts that a list allows. */
interface Allowed {
  readonly automaton: Automaton;
  /** Number of entries of the list that the vocabulary has. */
  readonly known: number;
}

function allowedBy(row: Options, list: readonly string[], { vocabulary, split }: ModelInfo): Allowed {
  const idsOf = wordIdsIn(vocabulary, row.ignoreCase);
  const single = new Set(freeIds(row, vocabulary));
  const phrases: (readonly (readonly number[])[])[] = [];
  let known = 0;
  for (const entry of list) {
    const words = split(entry);
    const ids = words.map((word) => formIds(word, words.length === 1 && row.inflections, idsOf));
    if (ids.length === 0 || ids.some(({ length }) => length === 0)) continue;
    known++;
    if (ids.length === 1) ids[0]!.forEach((id) => single.add(id));
    else phrases.push(ids);
  }
  const needed = phrases.filter((phrase) => !phrase.every((ids) => ids.every((id) => single.has(id))));
  const unit = choice(one([...single].sort((a, b) => a - b)), ...needed.map((phrase) => sequence(...phrase.map(one))));
  return { automaton: compileExpression(repeat(unit, 0), vocabulary.size), known };
}

/** Returns the ids of a word and, if asked for, of its inflected forms. */
const formIds = (word: string, inflected: boolean, idsOf: WordIds): readonly number[] =>
  inflected ? [word, ...inflectionsOf(word.toLowerCase())].flatMap(idsOf) : idsOf(word);

/** Returns the ids of the words that options allow without a list. */
function freeIds({ names, numbers, punctuation }: Options, vocabulary: Vocabulary): number[] {
  return wordIds(vocabulary).filter((id) => {
    const word = vocabulary.tokens[id]!;
    if (/\p{N}/u.test(word)) return numbers;
    if (!/\p{L}/u.test(word)) return punctuation;
    return names && /^\p{Lu}/u.test(word) && vocabulary.id(word.toLowerCase()) === undefined;
  });
}
