import { Type } from '@sinclair/typebox';
import type { Automaton } from '../../lib/automaton/index.js';
import type { GuideContext, PosteriorGuide } from '../../lib/guide/contract.js';
import { isSilent, loadPronunciations, type Pronounce, type UnknownWords } from '../../lib/text/pronunciation.js';
import { versesEndAt, type Poem, verseAutomaton } from './verse.js';
import { type AskedSounds, type VocabularySounds, vocabularySounds } from './verse-sounds.js';

/** The option of all guides of verse. */
export const unknownOption = Type.Union([Type.Literal('refuse'), Type.Literal('guess')], {
  default: 'refuse',
  description:
    'Words that the pronouncing dictionary lacks: no text has them (`refuse`), or their syllables are guessed by their spelling.',
});

interface VerseOptions {
  readonly unknown: UnknownWords;
}

/** What a guide of verse asks of a text. */
export interface AskedVerse extends AskedSounds {
  readonly poem: Poem;
  /** Whether the text has several lines, which results show. */
  readonly showsLines: boolean;
  /** Whether words are said by their first pronunciation alone. */
  readonly firstOnly?: boolean;
}

interface Compiled extends AskedVerse {
  readonly sounds: VocabularySounds;
  readonly automaton: Automaton;
}

/**
 * Makes a guide of verse, which loads the pronouncing dictionary when it is opened.
 *
 * @param askedBy what its options ask for
 */
export function verseGuide<O extends VerseOptions>(
  name: string,
  { model: { vocabulary, detokenize } }: GuideContext,
  askedBy: (options: O, pronounce: Pronounce) => AskedVerse,
): PosteriorGuide<O> {
  const dictionaries = new Map<UnknownWords, Pronounce>();
  const compiled = new Map<string, Compiled>();
  const compiledFor = (row: O): Compiled => {
    const key = JSON.stringify(row);
    if (!compiled.has(key)) {
      const pronounce = dictionaries.get(row.unknown)!;
      const asked = askedBy(row, pronounce);
      const say = asked.firstOnly ? firstOf(pronounce) : pronounce;
      const sounds = vocabularySounds(vocabulary, say, asked);
      compiled.set(key, { ...asked, sounds, automaton: verseAutomaton(asked.poem, sounds, vocabulary) });
    }
    return compiled.get(key)!;
  };
  return {
    via: 'posterior',
    async open(rows) {
      for (const { unknown } of rows)
        if (!dictionaries.has(unknown)) dictionaries.set(unknown, await loadPronunciations(unknown));
      rows.forEach(compiledFor);
    },
    notices: (rows) => rows.flatMap((row) => noticeOf(name, row, compiledFor(row).sounds.unknown)),
    factors: (row) => ({ automaton: compiledFor(row).automaton }),
    lines(row, words) {
      const { poem, sounds, showsLines } = compiledFor(row);
      if (!showsLines) return [];
      const ends = versesEndAt(poem, sounds, words.map((word) => vocabulary.id(word)!)) ?? []; // prettier-ignore
      const breaks = ends.slice(0, -1).map((end) => afterClosingSigns(words, end));
      return [...breaks, words.length].map((end, i) => detokenize(words.slice(breaks[i - 1] ?? 0, end)));
    },
  };
}

/** Returns the first pronunciation of each word. */
const firstOf =
  (pronounce: Pronounce): Pronounce =>
  (word, clitic) =>
    pronounce(word, clitic).slice(0, 1);

const MOST_SHOWN = 5;

function noticeOf(name: string, { unknown }: VerseOptions, lacking: readonly string[]): string[] {
  if (lacking.length === 0) return [];
  const shown = lacking.slice(0, MOST_SHOWN).map((word) => `"${word}"`);
  const words = `${shown.join(', ')}${lacking.length > MOST_SHOWN ? ' ...' : ''}`;
  const advice = unknown === 'refuse' ? '; "unknown": "guess" guesses the syllables of those of letters' : '';
  return [`${name}: ${lacking.length} words of the vocabulary have no known pronunciation and are not used: ${words}${advice}`];
}

/** Returns the position after the signs that close a line: those that open begin the next one. */
function afterClosingSigns(words: readonly string[], end: number): number {
  let at = end;
  while (at < words.length && isSilent(words[at]!) && !opens(words, at)) at++;
  return at;
}

function opens(words: readonly string[], at: number): boolean {
  const sign = words[at]!;
  if (/^["']$/.test(sign)) return words.slice(0, at).filter((word) => word === sign).length % 2 === 0;
  return /^[([{«“‘]$/u.test(sign);
}
