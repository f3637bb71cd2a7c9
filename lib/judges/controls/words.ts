import type { Problem } from '../../base/errors.js';
import { isRecord } from '../../base/is-record.js';
import { splitWords } from '../../text/split-words.js';
import type { Judge, Mark, Score } from '../judge.js';
import { markEnd, markWords } from './marks.js';
import { isWords, type Reading, readJudgeOptions, shown } from './target-options.js';

type Phrase = readonly string[];

/** One condition on a text. */
interface Condition {
  readonly holds: (words: readonly string[]) => boolean;
  /** What is wrong if it does not hold. */
  readonly otherwise: string;
  /** The words that break it. */
  readonly marks: (words: readonly string[]) => readonly Mark[];
}

/**
 * Builds the judge of `words`: the share of the conditions that hold. The text has each phrase of `all`, one of `any` and none of `none`,
 * and each phrase of `at` begins at its position, the first word 0. A phrase is consecutive words.
 *
 * @param split how the model's tokenizer splits a phrase
 */
export function wordsJudge(split: (text: string) => readonly string[] = splitWords): Judge {
  return {
    name: 'words',
    async score(texts, targets) {
      const conditions = readJudgeOptions('words', texts, targets, (options) => readConditions(options, split));
      return texts.map((words, i) => judged(words, conditions[i]!));
    },
  };
}

function judged(words: readonly string[], conditions: readonly Condition[]): Score {
  const broken = conditions.filter(({ holds }) => !holds(words));
  const value = (conditions.length - broken.length) / conditions.length;
  if (broken.length === 0) return { value };
  return {
    value,
    detail: broken.map(({ otherwise }) => otherwise).join('; '),
    marks: broken.flatMap(({ marks }) => marks(words)),
  };
}

function readConditions(
  options: Readonly<Record<string, unknown>>,
  split: (text: string) => readonly string[],
): Reading<Condition[]> {
  const { all = [], any = [], none = [], at = [], ignoreCase = false } = options;
  const cased = (word: string): string => (ignoreCase === true ? word.toLowerCase() : word);
  const phrase = (text: string): Phrase => split(text).map(cased);
  const beginsAt = (words: readonly string[], wanted: Phrase, i: number): boolean =>
    wanted.every((word, k) => i + k < words.length && cased(words[i + k]!) === word);
  const positionsOf = (words: readonly string[], wanted: Phrase): number[] =>
    [...words.keys()].filter((i) => beginsAt(words, wanted, i));
  const has = (words: readonly string[], wanted: Phrase): boolean => positionsOf(words, wanted).length > 0;

  const problems: Problem[] = Object.entries({ all, any, none }).flatMap(([key, list]) =>
    isWords(list) && list.every((text) => split(text).length > 0)
      ? []
      : [{ path: `/${key}`, message: `expected an array of words or phrases, got ${shown(list)}` }],
  );
  if (!isPlacedWords(at)) problems.push({ path: '/at', message: `expected an array of { position, word }, got ${shown(at)}` });
  if (problems.length > 0) return { problems };

  const [needed, choices, banned] = [all, any, none] as [string[], string[], string[]];
  const conditions: Condition[] = [
    ...needed.map((text) => lacking(`lacks "${text}"`, (words) => has(words, phrase(text)))),
    ...(choices.length === 0
      ? []
      : [lacking(`lacks any of ${quoted(choices)}`, (words) => choices.some((text) => has(words, phrase(text))))]),
    ...banned.map((text) => ({
      holds: (words: Phrase) => !has(words, phrase(text)),
      otherwise: `has "${text}"`,
      marks: (words: Phrase) =>
        positionsOf(words, phrase(text)).map((i) => markWords(words, i, i + phrase(text).length, 'banned')),
    })),
    ...(at as PlacedWord[]).map(({ position, word }) => ({
      holds: (words: Phrase) => beginsAt(words, phrase(word), position),
      otherwise: `has no "${word}" at ${position}`,
      marks: (words: Phrase) => [markWords(words, position, position + phrase(word).length, `not "${word}"`)],
    })),
  ];
  if (conditions.length > 0) return { target: conditions };
  return { problems: [{ path: '', message: 'expected at least one of all, any, none, at' }] };
}

const quoted = (texts: readonly string[]): string => texts.map((text) => `"${text}"`).join(', ');

/** Returns a condition that the text has something anywhere. */
const lacking = (otherwise: string, holds: Condition['holds']): Condition => ({
  holds,
  otherwise,
  marks: (words) => [markEnd(words, otherwise)],
});

interface PlacedWord {
  readonly position: number;
  readonly word: string;
}

const isPlacedWords = (value: unknown): value is readonly PlacedWord[] =>
  Array.isArray(value) &&
  value.every((item) => isRecord(item) && Number.isInteger(item['position']) && typeof item['word'] === 'string');
