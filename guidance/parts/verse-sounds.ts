import { wordIds } from '../../lib/automaton/index.js';
import { isClitic, isSilent, type Pronounce, type Pronunciation } from '../../lib/text/pronunciation.js';
import type { Vocabulary } from '../../lib/text/types.js';

/** One way to say a word. */
export interface Sound {
  /** The stress of each syllable: `/` stressed, `x` unstressed, `.` either. */
  readonly stresses: string;
  /** Number of its ending among `VocabularySounds.endings`; -1 if nothing that matters rhymes with it. */
  readonly ending: number;
}

/** How a token sounds. */
export interface TokenSounds {
  readonly silent: boolean;
  /** The part of a contraction that it is; '' for none. */
  readonly clitic: string;
  readonly alone: readonly Sound[];
  /** With the part of a contraction after it, by that part. */
  readonly before: Readonly<Record<string, readonly Sound[]>>;
}

/** The end of a spoken word, as far as rhymes go. */
export interface Ending {
  /** The sounds from the last stressed vowel on. */
  readonly tail: string;
  readonly sounds: string;
  readonly word: string;
}

/** Returns whether two endings are a perfect rhyme: the same from the last stressed vowel on, but neither the same word nor the same sounds. */
export const rhymes = (a: Ending, b: Ending): boolean => a.tail === b.tail && a.sounds !== b.sounds && a.word !== b.word;

/** Returns the endings of a word by all its pronunciations; none where only its syllables are known. */
export function endingsOf(word: string, pronunciations: readonly Pronunciation[]): Ending[] {
  return pronunciations.flatMap((pronunciation) => {
    const phones = pronunciation.split(' ');
    if (phones.includes('?')) return [];
    const plain = (from: number) => phones.slice(from).map((phone) => phone.replace(/\d/, '')).join(' '); // prettier-ignore
    const stressed = phones.findLastIndex((phone) => /[12]$/.test(phone));
    const from = stressed < 0 ? phones.findLastIndex((phone) => phone.endsWith('0')) : stressed;
    return [{ tail: plain(Math.max(0, from)), sounds: plain(0), word: word.toLowerCase() }];
  });
}

/** Returns the stress of each syllable: secondary stress counts as either, and so does a word of one syllable. */
export function stressesOf(pronunciation: Pronunciation): string {
  const marks = pronunciation.split(' ').flatMap((phone) => /[\d?]$/.exec(phone)?.[0] ?? []);
  if (marks.length === 1) return '.';
  return marks.map((mark) => (mark === '1' ? '/' : mark === '0' ? 'x' : '.')).join('');
}

/** How the words of a vocabulary sound, as far as a poem asks. */
export interface VocabularySounds {
  /** By a key that tokens of the same sounds share. */
  readonly ofKey: ReadonlyMap<string, TokenSounds>;
  readonly keyOf: ReadonlyMap<number, string>;
  readonly endings: readonly Ending[];
  /** Words of letters that have no pronunciation. */
  readonly unknown: readonly string[];
}

/** What a poem asks of sounds. */
export interface AskedSounds {
  /** Whether stresses matter, or only how many syllables there are. */
  readonly stresses: boolean;
  /** Whether an ending matters; undefined if no rhyme is asked for. */
  readonly endings?: ((ending: Ending) => boolean) | undefined;
}

export function vocabularySounds(vocabulary: Vocabulary, pronounce: Pronounce, asked: AskedSounds): VocabularySounds {
  const numbers = new Map<string, number>();
  const endings: Ending[] = [];
  const numberOf = (ending: Ending | undefined): number => {
    if (!ending || !asked.endings?.(ending)) return -1;
    const key = `${ending.tail}|${ending.sounds}|${ending.word}`;
    if (!numbers.has(key)) numbers.set(key, endings.push(ending) - 1);
    return numbers.get(key)!;
  };
  const soundsOf = (word: string, pronunciations: readonly Pronunciation[]): Sound[] =>
    pronunciations.map((pronunciation) => ({
      stresses: asked.stresses ? stressesOf(pronunciation) : '.'.repeat(stressesOf(pronunciation).length),
      ending: numberOf(endingsOf(word, [pronunciation])[0]),
    }));

  const words = wordIds(vocabulary).map((id) => [id, vocabulary.tokens[id]!] as const);
  const clitics = words.map(([, word]) => word).filter(isClitic);
  const ofKey = new Map<string, TokenSounds>();
  const unknown: string[] = [];
  const keyOf = new Map(
    words.map(([id, word]) => {
      const silent = isSilent(word);
      const clitic = isClitic(word) ? word : '';
      const alone = silent || clitic !== '' ? [] : soundsOf(word, pronounce(word));
      if (alone.length === 0 && !silent && clitic === '') unknown.push(word);
      const before =
        alone.length === 0 ? [] : clitics.map((part) => [part, soundsOf(word + part, pronounce(word, part))] as const);
      const sounds = {
        silent,
        clitic,
        alone: distinct(alone),
        before: Object.fromEntries(before.map(([part, own]) => [part, distinct(own)])),
      };
      const key = JSON.stringify(sounds);
      if (!ofKey.has(key)) ofKey.set(key, sounds);
      return [id, key] as const;
    }),
  );
  return { ofKey, keyOf, endings, unknown };
}

const distinct = (sounds: readonly Sound[]): Sound[] => [
  ...new Map(sounds.map((sound) => [`${sound.stresses}${sound.ending}`, sound])).values(),
];
