import { isRecord } from '../../base/is-record.js';
import { locate } from '../../base/locate.js';
import { IRREGULAR_FORMS } from '../../text/irregular-forms.js';
import { splitWords } from '../../text/split-words.js';
import { readWordList } from '../../text/word-list.js';
import type { Judge, Score } from '../judge.js';
import { markWords } from './marks.js';
import { isWords, problem, type Reading, readJudgeOptions, shown } from './target-options.js';

type Split = (text: string) => readonly string[];

interface ListOptions {
  readonly words: readonly string[];
  readonly file?: string;
  readonly column?: string;
  readonly where: Readonly<Record<string, string>>;
  readonly inflections: boolean;
  readonly names: boolean;
  readonly numbers: boolean;
  readonly punctuation: boolean;
  readonly ignoreCase: boolean;
}

/**
 * Builds the judge of `only`: the share of the words that are on the list, by themselves or in a phrase of it, or that the options allow. It
 * finds the base form of an inflected word, whereas the guide makes the forms of the listed words. With `names` every word with a capital is
 * allowed.
 *
 * @param split how the model's tokenizer splits an entry of the list
 */
export function onlyJudge(split: Split = splitWords): Judge {
  return {
    name: 'only',
    async score(texts, targets) {
      const rows = readJudgeOptions('only', texts, targets, readOptions);
      const lists = new Map<string, WordList>();
      for (const row of rows) if (!lists.has(JSON.stringify(row))) lists.set(JSON.stringify(row), await listOf(row, split));
      return texts.map((words, i) => judged(words, lists.get(JSON.stringify(rows[i]))!));
    },
  };
}

/** Returns the share of words that the best division of a text into words and phrases of the list covers. */
function judged(words: readonly string[], list: WordList): Score {
  // best[i] has the words that are not covered from i on.
  const best: number[][] = Array.from({ length: words.length + 1 }, () => []);
  for (let i = words.length - 1; i >= 0; i--) {
    const ends = [...(list.hasWord(words[i]!) ? [i + 1] : []), ...list.phrasesAt(words, i)];
    const covered = ends.map((end) => best[end]!);
    best[i] = [...covered, [i, ...best[i + 1]!]].reduce((a, b) => (b.length < a.length ? b : a));
  }
  const alien = best[0]!;
  if (alien.length === 0) return { value: 1 };
  return {
    value: (words.length - alien.length) / words.length,
    detail: `not on the list: ${[...new Set(alien.map((i) => words[i]!))].join(', ')}`,
    marks: alien.map((i) => markWords(words, i, i + 1, 'not on the list')),
  };
}

interface WordList {
  hasWord(word: string): boolean;
  /** Returns where the phrases of the list that begin at a word end. */
  phrasesAt(words: readonly string[], i: number): number[];
}

async function listOf(row: ListOptions, split: Split): Promise<WordList> {
  const cased = (word: string) => (row.ignoreCase ? word.toLowerCase() : word);
  const { file, column, where } = row;
  const read =
    file === undefined ? [] : await readWordList({ file: locate(file), ...(column === undefined ? {} : { column }), where });
  const entries = [...row.words, ...read].map((entry) => split(entry).map(cased));
  const singles = new Set(entries.filter(({ length }) => length === 1).flat());
  const phrases = entries.filter(({ length }) => length > 1);
  return {
    hasWord: (word) =>
      isFree(word, row) ||
      singles.has(cased(word)) ||
      (row.inflections && basesOf(cased(word)).some((base) => singles.has(base))),
    phrasesAt: (words, i) =>
      phrases.flatMap((phrase) => (phrase.every((word, k) => cased(words[i + k] ?? '') === word) ? [i + phrase.length] : [])),
  };
}

function isFree(word: string, { names, numbers, punctuation }: ListOptions): boolean {
  if (/\p{N}/u.test(word)) return numbers;
  return /\p{L}/u.test(word) ? names && /^\p{Lu}/u.test(word) : punctuation;
}

const BASES = new Map<string, string[]>(); // irregular form -> base forms
for (const [base, forms] of IRREGULAR_FORMS) for (const form of forms) BASES.set(form, [...(BASES.get(form) ?? []), base]);

/** Returns the words whose inflected form a word may be, by taking endings off. */
function basesOf(word: string): string[] {
  const regular = [...withoutS(word), ...withoutEd(word), ...withoutIng(word)].filter((base) => /^\p{L}{3,}$/u.test(base));
  const short = /^(be|do|go)ing$/.exec(word)?.[1];
  return [...(BASES.get(word) ?? []), ...regular, ...(short === undefined ? [] : [short])];
}

function withoutS(word: string): string[] {
  if (!word.endsWith('s')) return [];
  const [less, lesser] = [word.slice(0, -1), word.slice(0, -2)];
  const isPlain = !/(?:s|x|z|ch|sh|[^aeiou]y)$/.test(less);
  return [
    ...(isPlain ? [less] : []),
    ...(/(?:(?:s|x|z|ch|sh)|[^aeiou]o)es$/.test(word) ? [lesser] : []),
    ...(/[^aeiou]ies$/.test(word) ? [`${word.slice(0, -3)}y`] : []),
  ];
}

const withoutEd = (word: string): string[] => {
  if (!word.endsWith('ed')) return [];
  const stem = word.slice(0, -2);
  const bases = [...undoubled(stem), `${stem}e`, ...(/[^aeiou]i$/.test(stem) ? [`${stem.slice(0, -1)}y`] : [])];
  return bases.filter((base) => !IRREGULAR_FORMS.has(base) && !(base === stem && /(?:e|[^aeiou]y)$/.test(base)));
};

const withoutIng = (word: string): string[] => {
  if (!word.endsWith('ing')) return [];
  const stem = word.slice(0, -3);
  const dropped = /[eoy]$/.test(stem) || stem === '' ? [] : [`${stem}e`];
  const whole = undoubled(stem).filter((base) => !/(?:ie|[^eoy]e)$/.test(base));
  return [...whole, ...dropped.filter((base) => !base.endsWith('ie')), ...(stem.endsWith('y') ? [`${stem.slice(0, -1)}ie`] : [])];
};

/** Returns the words of which a stem is the spelling before -ed and -ing: after one short vowel the last consonant is doubled. */
function undoubled(stem: string): string[] {
  const single = stem.slice(0, -1);
  const isShort = (word: string) => /[^aeiou][aeiouy][^aeiouwxy]$/.test(word);
  const syllables = (word: string) => word.split(/[^aeiouy]+/).filter((group) => group !== '').length;
  return [
    ...(isShort(stem) && syllables(stem) === 1 ? [] : [stem]),
    ...(stem.at(-1) === stem.at(-2) && isShort(single) ? [single] : []),
  ];
}

function readOptions(options: Readonly<Record<string, unknown>>): Reading<ListOptions> {
  const { words = [], file, column, where = {} } = options;
  if (!isWords(words)) return problem('/words', `expected an array of words, got ${shown(words)}`);
  if (words.length === 0 && typeof file !== 'string')
    return problem('', 'expected the allowed words in "words", or a "file" of them');
  const flag = (name: string, otherwise: boolean) => (typeof options[name] === 'boolean' ? options[name] : otherwise);
  return {
    target: {
      words,
      ...(typeof file === 'string' ? { file } : {}),
      ...(typeof column === 'string' ? { column } : {}),
      where: isRecord(where) ? (where as Record<string, string>) : {},
      ...{ inflections: flag('inflections', false), names: flag('names', false), numbers: flag('numbers', false) },
      ...{ punctuation: flag('punctuation', true), ignoreCase: flag('ignoreCase', true) },
    },
  };
}
