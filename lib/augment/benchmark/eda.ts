import { type Key, permutation, split, uniform } from '../../base/random.js';
import { joinWords } from '../../text/join-words.js';
import { type GivenRow, rowsByLabel } from '../given-rows.js';

/** Attempts per row before a label is left short: short rows have few variants. */
const ATTEMPTS = 20;

/**
 * Makes rows by easy data augmentation (Wei and Zou 2019): the words of a row swapped, deleted, or joined by others. There is no thesaurus, so
 * no word is replaced by a synonym, and an inserted word is one of the other rows with the same label instead of a synonym.
 *
 * @param perLabel rows per label; a label whose rows have fewer variants gets fewer
 * @param alpha share of the words of a row that change, at least one word
 */
export function easyAugmentation(
  rows: readonly GivenRow[],
  { perLabel, alpha, key }: { readonly perLabel: number; readonly alpha: number; readonly key: Key },
): { text: string; label: string }[] {
  return [...rowsByLabel(rows)].flatMap(([label, own]) => {
    const seen = new Set(own.map(({ words }) => joinWords(words)));
    const made: string[] = [];
    for (let attempt = 0; made.length < perLabel && attempt < ATTEMPTS * perLabel; attempt++) {
      const row = own[attempt % own.length]!;
      const others = own.filter((other) => other !== row).flatMap(({ words }) => words);
      const text = joinWords(changed(row.words, others, alpha, split(key, label, attempt)));
      if (text === '' || seen.has(text)) continue;
      seen.add(text);
      made.push(text);
    }
    return made.map((text) => ({ text, label }));
  });
}

/** Applies one of the operations, drawn at random. */
function changed(words: readonly string[], others: readonly string[], alpha: number, key: Key): string[] {
  const count = Math.max(1, Math.round(alpha * words.length));
  const operations = [swapped, deleted, ...(others.length > 0 ? [inserted] : [])];
  const operation = operations[below(split(key, 'operation'), operations.length)]!;
  return operation(words, count, split(key, 'words'), others);
}

function swapped(words: readonly string[], count: number, key: Key): string[] {
  const out = [...words];
  if (out.length < 2) return out;
  for (let i = 0; i < count; i++) {
    const [a, b] = permutation(split(key, i), out.length) as unknown as [number, number];
    [out[a], out[b]] = [out[b]!, out[a]!];
  }
  return out;
}

function deleted(words: readonly string[], count: number, key: Key): string[] {
  const gone = new Set(permutation(key, words.length).subarray(0, Math.min(count, words.length - 1)));
  return words.filter((_, i) => !gone.has(i));
}

function inserted(words: readonly string[], count: number, key: Key, others: readonly string[]): string[] {
  const out = [...words];
  for (let i = 0; i < count; i++) {
    const word = others[below(split(key, i, 'word'), others.length)]!;
    out.splice(below(split(key, i, 'position'), out.length + 1), 0, word);
  }
  return out;
}

/** Draws an integer from 0 to `most` - 1. */
const below = (key: Key, most: number): number => Math.floor(uniform(key, 1)[0]! * most);
