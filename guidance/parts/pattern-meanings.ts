import { Type } from '@sinclair/typebox';
import { type Automaton, compileExpression, tokenRegexOf, wordIds, type WordMeanings } from '../../lib/automaton/index.js';
import { InputError, inputError, type Problem } from '../../lib/base/errors.js';
import { nearest } from '../../lib/config/index.js';
import type { HostTensors } from '../../lib/engine/types.js';
import type { GuideContext, ModelInfo } from '../../lib/guide/contract.js';
import { UNIVERSAL_TAGS } from '../../lib/text/tag-sets.js';
import type { Vocabulary } from '../../lib/text/types.js';
import type { ClassItem } from '../../lib/text/grammar/sign-parser.js';
import { mentions, negatedClasses, type WordRegex } from '../../lib/text/word-regex.js';
import { unknownWord, wordIdsIn, wordLevelProblems } from './vocabulary-words.js';

/** A word has a tag if at least this share of its occurrences do. */
const LEAST_SHARE = 0.05;

/** Lists of words or phrases, by the names that a pattern refers to. */
export type WordLists = Readonly<Record<string, readonly string[]>>;

/** The options by which the words and names of a pattern are looked up. */
export interface Lookup {
  readonly lists?: WordLists | undefined;
  readonly ignoreCase?: boolean | undefined;
}

/**
 * Returns what is wrong with a pattern for a model: its syntax, words that the vocabulary lacks, unknown names of tags and lists.
 *
 * @param path JSON path of the option that holds the pattern
 */
export function patternProblems(parse: () => WordRegex, path: string, lookup: Lookup, model: ModelInfo): Problem[] {
  const problems = wordLevelProblems(model, path);
  if (problems.length > 0) return problems;
  try {
    const pattern = parse();
    return [
      ...mentionProblems(pattern, path, lookup, model.vocabulary),
      ...exclusionProblems(pattern, path, lookup, model),
      ...listProblems(lookup, model),
    ];
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(({ message }) => ({ path, message }));
    throw error;
  }
}

function mentionProblems(
  pattern: WordRegex,
  path: string,
  { lists = {}, ignoreCase }: Lookup,
  vocabulary: Vocabulary,
): Problem[] {
  const obstacle = mentionObstacle({ lists, ignoreCase }, vocabulary);
  return mentions(pattern).flatMap((item) => {
    const message = obstacle(item);
    return message === undefined ? [] : [{ path, message: `column ${item.column}: ${message}` }];
  });
}

/** Returns a function that says why a word or a name of a pattern has no meaning in a vocabulary; undefined if it has one. */
export function mentionObstacle(
  { lists = {}, ignoreCase }: Lookup,
  vocabulary: Vocabulary,
): (item: Pick<ClassItem, 'kind' | 'text'>) => string | undefined {
  const idsOf = wordIdsIn(vocabulary, ignoreCase);
  return ({ kind, text }) => (kind === 'word' ? unknownWord(text, idsOf, vocabulary) : unknownName(text, lists));
}

/** Refuses `[^{list}]` if the list has no single word: one word is never a phrase of several, so that nothing would be excluded. */
function exclusionProblems(pattern: WordRegex, path: string, { lists = {} }: Lookup, { split }: ModelInfo): Problem[] {
  const hasWord = (name: string) => !Object.hasOwn(lists, name) || lists[name]!.some((phrase) => split(phrase).length <= 1);
  return negatedClasses(pattern).flatMap(({ items }) =>
    items
      .filter(({ kind, text }) => kind === 'name' && !hasWord(text))
      .map(({ text, column }) => ({
        path,
        message: `column ${column}: "[^...]" excludes single words, and the list "${text}" has only phrases of several: it would exclude nothing`,
      })),
  );
}

function unknownName(name: string, lists: WordLists): string | undefined {
  if (UNIVERSAL_TAGS.includes(name) || Object.hasOwn(lists, name)) return undefined;
  const meant = nearest(name, [...Object.keys(lists), ...UNIVERSAL_TAGS]);
  const known = `lists: ${Object.keys(lists).join(', ') || 'none'}; tags: ${UNIVERSAL_TAGS.join(', ')}`;
  return `no list and no tag is named "${name}"${meant === undefined ? '' : `, did you mean "${meant}"?`} (${known})`;
}

/** Returns the words of lists that a vocabulary lacks. */
export function listProblems({ lists = {}, ignoreCase }: Lookup, { vocabulary, split }: ModelInfo): Problem[] {
  const idsOf = wordIdsIn(vocabulary, ignoreCase);
  return Object.entries(lists).flatMap(([name, list]) =>
    list.flatMap((phrase, i) => {
      const path = `/lists/${name}/${i}`;
      const words = split(phrase);
      if (words.length === 0) return [{ path, message: 'expected a word or a phrase, got spaces' }];
      const problems = words.flatMap((word) => unknownWord(word, idsOf, vocabulary) ?? []);
      return problems.map((message) => ({ path, message }));
    }),
  );
}

/** Returns the automaton of a pattern. @throws InputError if it names a tag and none were counted, or if it is too large */
export function automatonOfPattern(pattern: WordRegex, lookup: Lookup, { model, tables }: GuideContext): Automaton {
  return compileExpression(tokenRegexOf(pattern, meaningsIn(lookup, model, tables)), model.vocabulary.size);
}

/** Returns the meaning of words, lists and tags in a vocabulary. @throws InputError on a tag if none were counted */
export function meaningsIn(
  { lists = {}, ignoreCase }: Lookup,
  { vocabulary, split }: ModelInfo,
  tables: HostTensors,
): WordMeanings {
  const word = wordIdsIn(vocabulary, ignoreCase);
  return {
    any: wordIds(vocabulary),
    word,
    name: (name) =>
      Object.hasOwn(lists, name)
        ? lists[name]!.map((phrase) => split(phrase).map(word))
        : [[wordsOfTag(name, vocabulary, tables)]],
  };
}

function wordsOfTag(tag: string, vocabulary: Vocabulary, { tagCounts }: HostTensors): number[] {
  if (!tagCounts)
    throw inputError(
      `<${tag}>`,
      'needs counts of the tags of words; make them with `diffusteer train-guide` (guide pos, via posterior)',
    );
  const tags = UNIVERSAL_TAGS.length;
  const column = UNIVERSAL_TAGS.indexOf(tag);
  return wordIds(vocabulary).filter((id) => {
    const counts = Array.from(tagCounts.data.subarray(id * tags, (id + 1) * tags)); // [tags]
    const total = counts.reduce((sum, count) => sum + count, 0);
    return total > 0 && counts[column]! >= LEAST_SHARE * total;
  });
}

export const lists = Type.Optional(
  Type.Record(Type.String(), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }), {
    description: 'Lists of words or phrases, by the names that `{name}` or `<name>` refer to.',
  }),
);

export const ignoreCase = Type.Boolean({ default: false, description: 'Ignore upper and lower case.' });
