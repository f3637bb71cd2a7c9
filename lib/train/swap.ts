import { split, uniform, type Key } from '../random.js';

/** Phrases that may stand for each other, such as the names of restaurants, each a list of words. */
export type PhraseGroup = readonly (readonly string[])[];

interface Found {
  readonly at: number;
  readonly length: number;
  readonly group: number;
  readonly text: string;
}

/**
 * Puts another phrase of the same group in place of each phrase found, the same one wherever it stands again. So a model learns the
 * sentence apart from the names in it.
 *
 * @param share of the rows that change, 0 to 1
 */
export function phraseSwapper(
  groups: readonly PhraseGroup[],
  share: number,
): (words: readonly string[], key: Key) => readonly string[] {
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

  return (words, key) => {
    if (uniform(split(key, 'swap'), 1)[0]! >= share) return words;
    const replacement = new Map<string, readonly string[]>();
    const out: string[] = [];
    let done = 0;
    for (const { at, length, group, text } of find(words)) {
      if (!replacement.has(text)) replacement.set(text, choose(groups[group]!, split(key, text)));
      out.push(...words.slice(done, at), ...replacement.get(text)!);
      done = at + length;
    }
    return [...out, ...words.slice(done)];
  };
}

const choose = (group: PhraseGroup, key: Key): readonly string[] => group[Math.floor(uniform(key, 1)[0]! * group.length)]!;
