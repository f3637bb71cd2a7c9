import { isRecord } from '../../base/is-record.js';
import { isClitic, isSilent, loadPronunciations, type Pronounce, type UnknownWords } from '../../text/pronunciation.js';
import type { Judge, Score } from '../judge.js';
import { markEnd } from './marks.js';
import { isWords, problem, type Reading, readJudgeOptions, shown } from './target-options.js';

/** A line that a text must have. */
interface Line {
  readonly fewest: number;
  readonly most: number;
  /** The stress of each syllable: `/`, `x` or `.`; '' if any will do. */
  readonly metre: string;
  /** The letter of its rhyme, '' for none. */
  readonly letter: string;
}

interface Verse {
  readonly lines: readonly Line[];
  /** The words to rhyme with, by letter. */
  readonly rhymeWords: Readonly<Record<string, string>>;
  readonly unknown: UnknownWords;
  /** Whether words are said by their first pronunciation alone: so they are if a text has lines that rhyme. */
  readonly isFirst: boolean;
}

/** A spoken word of a text: the word, and the part of a contraction after it. */
interface SpokenWord {
  readonly word: string;
  /** Its pronunciations, each a list of sounds. */
  readonly ways: readonly (readonly string[])[];
}

/**
 * The judge of `syllables`: 1 if the words of the text can be divided into its lines by some pronunciation of each, else 0. It searches the
 * readings of the text, whereas the guide compiles the lines to an automaton; both look words up in the same dictionary.
 */
export const syllablesJudge: Judge = verseJudge('syllables', ({ syllables }) => {
  if (Array.isArray(syllables) && syllables.every(isCount)) return lines(syllables.map((own) => lineOf(own, own)));
  if (isCount(syllables)) return lines([lineOf(syllables, syllables)]);
  const { min = 0, max = Infinity } = isRecord(syllables) ? syllables : { min: undefined };
  if (typeof min === 'number' && typeof max === 'number') return lines([lineOf(min, max)]);
  return problem('/syllables', `expected a number, { "min", "max" } or a number for each line, got ${shown(syllables)}`);
});

/** The judge of `metre`: 1 if the stresses of some reading of the text follow the pattern, else 0. Works as `syllablesJudge`. */
export const metreJudge: Judge = verseJudge('metre', ({ metre }) => {
  const written = typeof metre === 'string' ? [metre] : metre;
  if (!isWords(written)) return problem('/metre', `expected a pattern or one for each line, got ${shown(metre)}`);
  const patterns = written.map((pattern) => pattern.replaceAll(' ', '').replaceAll('|', ''));
  return lines(patterns.map((pattern) => ({ ...lineOf(pattern.length, pattern.length), metre: pattern })));
});

/** The judge of `rhyme`: 1 if the last words of some reading of the text rhyme as the scheme asks, else 0. Works as `syllablesJudge`. */
export const rhymeJudge: Judge = verseJudge('rhyme', (options) => {
  const { with: given = [], lines: asked, scheme } = options;
  const words = typeof given === 'string' ? [given] : given;
  if (!isWords(words)) return problem('/with', `expected a word or several, got ${shown(given)}`);
  const counts = (asked ?? [{ min: 1, max: Infinity }]) as readonly unknown[];
  const letters = typeof scheme === 'string' ? [...scheme] : counts.map(() => 'a');
  const own = counts.map((count, i) => {
    const { min, max } = (isRecord(count) ? count : { min: count, max: count }) as { min: number; max: number };
    return { ...lineOf(min, max), letter: letters[i] === '-' ? '' : (letters[i] ?? '') };
  });
  const names = [...new Set(letters.filter((letter) => letter !== '-'))];
  const isFirst = asked !== undefined;
  return { target: { lines: own, isFirst, rhymeWords: Object.fromEntries(words.map((word, i) => [names[i] ?? '', word])) } };
});

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value > 0;
const lineOf = (fewest: number, most: number): Line => ({ fewest, most, metre: '', letter: '' });
const lines = (own: readonly Line[]): Reading<Omit<Verse, 'unknown'>> => ({
  target: { lines: own, rhymeWords: {}, isFirst: false },
});

function verseJudge(name: string, read: (options: Readonly<Record<string, unknown>>) => Reading<Omit<Verse, 'unknown'>>): Judge {
  return {
    name,
    async score(texts, targets) {
      const verses = readJudgeOptions(name, texts, targets, (options): Reading<Verse> => {
        const reading = read(options);
        const unknown = options['unknown'] === 'guess' ? 'guess' : 'refuse';
        return 'target' in reading ? { target: { ...reading.target, unknown } } : reading;
      });
      const dictionaries = { refuse: await loadPronunciations('refuse'), guess: await loadPronunciations('guess') };
      return texts.map((words, i) => judged(words, verses[i]!, dictionaries[verses[i]!.unknown]));
    },
  };
}

function judged(words: readonly string[], verse: Verse, pronounce: Pronounce): Score {
  const spoken = spokenWords(words, (word, clitic) => pronounce(word, clitic).slice(0, verse.isFirst ? 1 : undefined));
  const isTotal = verse.lines.length === 1 && verse.lines[0]!.most === Infinity;
  const unheard = spoken.filter(({ ways }) => ways.length === 0);
  const asksAll = !isTotal || verse.lines[0]!.letter === '';
  if (!(asksAll && unheard.length > 0) && canBeRead(spoken, verse, pronounce)) return { value: 1 };
  const detail =
    asksAll && unheard.length > 0
      ? `no pronunciation of ${unheard.map(({ word }) => `"${word}"`).join(', ')}`
      : `no reading fits; it has ${spoken.map(({ ways }) => [...new Set(ways.map(countOf))].join('|') || '?').join(' + ')} syllables`;
  return { value: 0, detail, marks: [markEnd(words, detail)] };
}

function spokenWords(words: readonly string[], pronounce: Pronounce): SpokenWord[] {
  const isHost = (word: string | undefined) => word !== undefined && !isSilent(word) && !isClitic(word);
  return words.flatMap((word, i): SpokenWord[] => {
    const after = words[i + 1];
    if (isSilent(word) || (isClitic(word) && isHost(words[i - 1]))) return [];
    const clitic = after !== undefined && isClitic(after) ? after : undefined;
    const ways = isClitic(word) ? [] : pronounce(word, clitic);
    return [{ word: word + (clitic ?? ''), ways: ways.map((way) => way.split(' ')) }];
  });
}

const isVowel = (sound: string): boolean => /[012?]$/.test(sound);
const countOf = (way: readonly string[]): number => way.filter(isVowel).length;

/** How far a reading has come. */
interface Reader {
  readonly at: number;
  readonly line: number;
  readonly syllables: number;
  /** The last words of the lines so far, by letter. */
  readonly ends: Readonly<Record<string, readonly LineEnd[]>>;
}

interface LineEnd {
  readonly word: string;
  readonly way: readonly string[];
}

/** Returns whether some pronunciation of the words and some ends of lines make the verse. */
function canBeRead(spoken: readonly SpokenWord[], { lines, rhymeWords }: Verse, pronounce: Pronounce): boolean {
  const failed = new Set<string>();
  const go = (reader: Reader): boolean => {
    const { at, line, syllables } = reader;
    if (at === spoken.length) return line === lines.length || (at === 0 && lines.length === 1 && lines[0]!.fewest === 0);
    if (line === lines.length) return false;
    const key = JSON.stringify(reader);
    if (failed.has(key)) return false;
    const { word, ways } = spoken[at]!;
    const wanted = lines[line]!;
    const isSaid = (way: readonly string[]) => follows(way, wanted.metre.slice(syllables));
    const found = (ways.length === 0 ? [[]] : ways.filter(isSaid)).some((way) => {
      const now = syllables + countOf(way);
      if (now > wanted.most) return false;
      if (
        now < wanted.most &&
        go({ ...reader, at: at + 1, syllables: wanted.most === Infinity ? Math.min(now, wanted.fewest) : now })
      )
        return true;
      const ends =
        now >= wanted.fewest && way.length > 0 ? withEnd(reader, wanted.letter, { word, way }, rhymeWords, pronounce) : undefined;
      return ends !== undefined && go({ at: at + 1, line: line + 1, syllables: 0, ends });
    });
    if (!found) failed.add(key);
    return found;
  };
  return go({ at: 0, line: 0, syllables: 0, ends: {} });
}

/** Returns whether the stresses of a word are those of the next syllables. A word of one syllable takes any, and so does secondary stress. */
function follows(way: readonly string[], metre: string): boolean {
  const vowels = way.filter(isVowel);
  if (metre === '' || vowels.length === 1) return true;
  return vowels.every((vowel, i) => {
    const wanted = metre[i];
    if (vowel.endsWith('1')) return wanted !== 'x';
    return vowel.endsWith('0') ? wanted !== '/' : true;
  });
}

/** Returns the ends of lines with one more, undefined if it does not rhyme with those of its letter and the given word. */
function withEnd(
  { ends }: Reader,
  letter: string,
  end: LineEnd,
  rhymeWords: Verse['rhymeWords'],
  pronounce: Pronounce,
): Reader['ends'] | undefined {
  if (letter === '') return ends;
  const before = ends[letter] ?? [];
  const given = rhymeWords[letter];
  const model = given === undefined ? undefined : pronounce(given).map((way) => ({ word: given, way: way.split(' ') }));
  if (model && !model.some((one) => isRhyme(one, end))) return undefined;
  return before.every((one) => isRhyme(one, end)) && !end.way.includes('?') ? { ...ends, [letter]: [...before, end] } : undefined;
}

/** Returns whether two words are a perfect rhyme. */
function isRhyme(a: LineEnd, b: LineEnd): boolean {
  const plain = (sounds: readonly string[]) => sounds.join(' ').replace(/[0-9]/g, '');
  if (a.word.toLowerCase() === b.word.toLowerCase() || plain(a.way) === plain(b.way)) return false;
  return plain(rhymingPart(a.way)) === plain(rhymingPart(b.way));
}

function rhymingPart(way: readonly string[]): readonly string[] {
  for (const strong of [/[12]$/, /0$/]) for (let i = way.length - 1; i >= 0; i--) if (strong.test(way[i]!)) return way.slice(i);
  return way;
}
