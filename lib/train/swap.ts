import { split, uniform, type Key } from '../base/random.js';

/** Interchangeable phrases, such as the names of restaurants; each is a list of words. */
export type PhraseGroup = readonly (readonly string[])[];

interface Found {
  readonly at: number;
  readonly length: number;
  readonly group: number;
  readonly text: string;
}

/** Replaces the phrases found in a text by their replacements, in any list of words. */
export type Replace = (words: readonly string[]) => readonly string[];

/**
 * Returns an augmentation that replaces each phrase found in a text by another of its group, the same one at each occurrence. A
 * model thus learns sentences apart from the names in them.
 *
 * @param share share of the rows that change, 0 to 1
 */
export function phraseSwapper(
  groups: readonly PhraseGroup[],
  share: number,
): (words: readonly string[], key: Key) => readonly string[] {
  const replacer = phraseReplacer(groups, share);
  return (words, key) => replacer(words, key)(words);
}

/**
 * Works like phraseSwapper, for a text that comes with other words, such as labels: the phrases of the text are replaced in it and in
 * them alike.
 */
export function phraseReplacer(groups: readonly PhraseGroup[], share: number): (text: readonly string[], key: Key) => Replace {
  const groupOf = new Map(groups.flatMap((group, i) => group.map((phrase) => [phrase.join(' '), i] as const)));
  const longest = Math.max(0, ...groups.flat().map((phrase) => phrase.length));

  function find(words: readonly string[]): Found[] {
    const found: Found[] = [];
    for (let at = 0; at < words.length; at++) {
      for (let length = Math.min(longest, words.length - at); length > 0; length--) {
        const text = words.slice(at, at + length).join(' ');
        const group = groupOf.get(text);
        if (group === undefined) continue;
        found.push({ at, length, group, text });
        at += length - 1;
        break;
      }
    }
    return found;
  }

  return (text, key) => {
    if (uniform(split(key, 'swap'), 1)[0]! >= share) return (words) => words;
    const replacement = new Map(
      find(text).map((phrase) => [phrase.text, choose(groups[phrase.group]!, split(key, phrase.text))]),
    );
    return (words) => {
      const out: string[] = [];
      let done = 0;
      for (const phrase of find(words)) {
        const { at, length } = phrase;
        out.push(...words.slice(done, at), ...(replacement.get(phrase.text) ?? words.slice(at, at + length)));
        done = at + length;
      }
      return [...out, ...words.slice(done)];
    };
  };
}

const choose = (group: PhraseGroup, key: Key): readonly string[] => group[Math.floor(uniform(key, 1)[0]! * group.length)]!;
