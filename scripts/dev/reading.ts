import { readFile } from 'node:fs/promises';
import { inputError } from '../../lib/base/errors.js';
import { keyOf, permutation } from '../../lib/base/random.js';

/** Where a text of a blind reading came from. */
export interface Origin {
  /** Name of the source, such as `today unguided`. */
  readonly source: string;
  /** Number of the text in its source, from 1. */
  readonly row: number;
}

export interface MixedText extends Origin {
  readonly text: string;
}

/** Texts in the order in which they are read, with their origins. */
export interface ReadingKey {
  /** Sources whose sentences people wrote; their licence keeps them out of the record. */
  readonly people: readonly string[];
  readonly entries: readonly MixedText[];
}

/** Mixes the texts of sources. The same seed gives the same order. */
export function mix(sources: Readonly<Record<string, readonly string[]>>, people: readonly string[], seed: number): ReadingKey {
  const all = Object.entries(sources).flatMap(([source, texts]) => texts.map((text, i) => ({ source, row: i + 1, text })));
  return { people, entries: Array.from(permutation(keyOf(seed), all.length), (i) => all[i]!) };
}

/** Returns the sheet that the reader marks: the texts by number, and nothing else. */
export const sheet = ({ entries }: ReadingKey): string => entries.map(({ text }, i) => `${i + 1}\t${text}\n`).join('');

/** A text with its mark: the reason why it is bad, or undefined if it is good. */
export interface Marked extends Origin {
  /** Undefined for a person's sentence. */
  readonly text?: string | undefined;
  readonly bad?: string | undefined;
}

/**
 * Joins marks to the key.
 *
 * @param marks lines of a number, a tab and a reason, one for each bad text
 * @throws InputError for a line that is no mark, and for a number without a text
 */
export function openKey({ people, entries }: ReadingKey, marks: string, path: string): Marked[] {
  const bad = new Map(
    marks.split('\n').flatMap((line, i): [number, string][] => {
      if (line.trim() === '') return [];
      const [number, ...reason] = line.split('\t');
      const at = Number(number);
      if (!entries[at - 1] || reason.join('').trim() === '') {
        throw inputError(
          `${path}, line ${i + 1}`,
          `expected a number from 1 to ${entries.length}, a tab and a reason, found "${line}"`,
        );
      }
      return [[at, reason.join(' ').trim()]];
    }),
  );
  return entries.map(({ source, row, text }, i) => ({
    source,
    row,
    ...(people.includes(source) ? {} : { text }),
    ...(bad.has(i + 1) ? { bad: bad.get(i + 1) } : {}),
  }));
}

/** Counts the good texts of each source, in the order of their names. */
export function tally(marked: readonly Marked[]): { readonly source: string; readonly good: number; readonly all: number }[] {
  const sources = [...new Set(marked.map(({ source }) => source))].sort();
  return sources.map((source) => {
    const own = marked.filter((text) => text.source === source);
    return { source, good: own.filter(({ bad }) => bad === undefined).length, all: own.length };
  });
}

export const readKey = async (path: string): Promise<ReadingKey> => JSON.parse(await readFile(path, 'utf8')) as ReadingKey;
