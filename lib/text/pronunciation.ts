import { inputError, messageOf } from '../base/errors.js';

/**
 * A pronunciation as sounds of the ARPAbet, separated by spaces: `F AY1 ER0`. Each syllable has one vowel, whose digit is its stress: 1
 * primary, 2 secondary, 0 none. `?` is a syllable of unknown sound and stress.
 */
export type Pronunciation = string;

/** Returns the pronunciations of a word and, after it, of the parts of a contraction (`do`, `n't`); none if they are unknown. */
export type Pronounce = (word: string, clitic?: string) => readonly Pronunciation[];

/** What is done about words that the dictionary lacks: no text has them, or their syllables are guessed by their spelling. */
export type UnknownWords = 'refuse' | 'guess';

/**
 * Loads the CMU Pronouncing Dictionary (about 135,000 words of American English, 5 MB).
 *
 * A word that it lacks is looked up without accents (`café`), and a word with hyphens by its parts (`mid-priced`). A contraction that it lacks is
 * pronounced as its parts. With `guess` another word has a syllable for each group of vowel letters, without a silent final e or -ed;
 * words with digits are always unknown.
 */
export async function loadPronunciations(unknown: UnknownWords = 'refuse'): Promise<Pronounce> {
  entriesOnce ??= loadEntries();
  const entries = await entriesOnce;
  const find = (word: string) => pronunciations(entries, word.toLowerCase());
  return (word, clitic) => {
    if (clitic !== undefined) {
      const whole = find(word + clitic.replace('’', "'"));
      return whole.length > 0 ? whole : contracted(find(word), clitic);
    }
    const found = find(word);
    return found.length === 0 && unknown === 'guess' && /^[\p{L}\p{M}'’-]+$/u.test(word) ? [guessed(word)] : found;
  };
}

/** Pronunciations by word; further ones of a word by its name with a number, `read(2)`. */
type Entries = Readonly<Record<string, string>>;

let entriesOnce: Promise<Entries> | undefined;

async function loadEntries(): Promise<Entries> {
  try {
    return (await import('cmu-pronouncing-dictionary')).dictionary;
  } catch (error) {
    throw inputError(
      'cmu-pronouncing-dictionary',
      `the pronouncing dictionary cannot be loaded: ${messageOf(error)}; run npm install`,
    );
  }
}

function pronunciations(entries: Entries, word: string): Pronunciation[] {
  const own = numbered(entries, word);
  if (own.length > 0) return own;
  const plain = word.normalize('NFD').replace(/\p{M}/gu, '').replace('’', "'");
  if (plain !== word) return pronunciations(entries, plain);
  const parts = word.split('-');
  if (parts.length === 1 || parts.includes('')) return [];
  return parts
    .map((part) => pronunciations(entries, part))
    .reduce((before, part) => before.flatMap((first) => part.map((second) => `${first} ${second}`)));
}

/** Returns the pronunciations of an entry and of the entries numbered after it: `read`, `read(2)`. */
function numbered(entries: Entries, word: string): Pronunciation[] {
  const found: Pronunciation[] = [];
  for (let key = word, n = 2; Object.hasOwn(entries, key); key = `${word}(${n++})`)
    found.push(entries[key]!.replace(/ #.*$/, '')); // a comment: `AO1 L T OW2 # name, finnish`
  return found;
}

/** Returns how a contraction is pronounced whose whole the dictionary lacks: the pub's, the place's, the boats've. */
function contracted(hosts: readonly Pronunciation[], clitic: string): Pronunciation[] {
  const ending = clitic.toLowerCase().replace('’', "'");
  return hosts.flatMap((host) => {
    const sound = endingOf(host, ending);
    return sound === undefined ? [] : [`${host} ${sound}`];
  });
}

function endingOf(host: Pronunciation, ending: string): string | undefined {
  const last = host.split(' ').at(-1)!;
  const afterVowel = /\d$/.test(last);
  switch (ending) {
    case "'s":
      if (/^(?:S|Z|SH|ZH|CH|JH)$/.test(last)) return 'IH0 Z';
      return /^(?:P|T|K|F|TH)$/.test(last) ? 'S' : 'Z';
    case "'d":
      return /^[TD]$/.test(last) ? 'AH0 D' : 'D';
    case "n't":
      return 'AH0 N T';
    case "'ll":
      return afterVowel ? 'L' : 'AH0 L';
    case "'ve":
      return afterVowel ? 'V' : 'AH0 V';
    case "'re":
      return afterVowel ? 'R' : 'ER0';
    case "'m":
      return 'M';
    default:
      return undefined;
  }
}

/** Returns a syllable for each group of vowel letters. */
function guessed(word: string): Pronunciation {
  const plain = word.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
  const spoken = plain.replace(/([^aeiouyl])e$|([aeiouy]l)e$|([^aeiouytd])ed$/, '$1$2$3');
  const groups = spoken.match(/[aeiouy]+/g) ?? [''];
  return groups.map(() => '?').join(' ');
}

/** Returns whether a token is the part of a contraction that is spoken with the word before it. */
export const isClitic = (token: string): boolean => /^(?:['’](?:s|d|ll|ve|re|m)|n['’]t)$/i.test(token);

/** Returns whether a token is a sign without a sound: a punctuation mark, but not one that is read as a word, such as & and %. */
export const isSilent = (token: string): boolean => /^(?![&%@#*/§†‡])\p{P}+$/u.test(token);
