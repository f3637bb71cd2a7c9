import type { Vocabulary } from './types.js';

/** The special tokens, which occur in no text, in the order of their ids 0 to 3. */
export const SPECIAL_TOKENS = ['PAD', 'UNK', 'START', 'END'] as const;

/** Ids of the four special tokens. */
export interface SpecialIds {
  readonly pad: number;
  readonly unk: number;
  readonly start: number;
  readonly end: number;
}

/** Builds a vocabulary of PAD, UNK, START, END (ids 0 to 3) and the given words, without repeated words and special names. */
export function vocabularyOf(words: readonly string[]): Vocabulary {
  const tokens = new Set<string>([...SPECIAL_TOKENS, ...words]);
  return vocabularyWith([...tokens], { pad: 0, unk: 1, start: 2, end: 3 });
}

/** Builds a vocabulary from the complete list of its tokens, by id, and the ids of the special ones. */
export function vocabularyWith(tokens: readonly string[], special: SpecialIds): Vocabulary {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  // A word that is spelled like a special token becomes UNK, so that a text can neither end nor pad itself. The special
  // tokens have their own fields.
  for (const id of [special.pad, special.unk, special.start, special.end]) ids.delete(tokens[id] as string);
  return { size: tokens.length, tokens: [...tokens], id: (token) => ids.get(token), ...special };
}

/** Counts each token of the rows. */
export function countTokens(rows: Iterable<readonly string[]>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) for (const token of row) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}

/** Returns the tokens with at least `minCount` occurrences, most frequent first, ties in code-unit order. */
export function commonTokens(rows: Iterable<readonly string[]>, minCount: number): string[] {
  const kept = byCount(countTokens(rows)).filter(([, count]) => count >= minCount);
  return kept.map(([token]) => token);
}

/** Builds a vocabulary of the common tokens of rows. */
export const buildVocabulary = (rows: Iterable<readonly string[]>, { minCount }: { minCount: number }): Vocabulary =>
  vocabularyOf(commonTokens(rows, minCount));

/** The tokens of a corpus that a vocabulary lacks. */
export interface Coverage {
  /** Number of all tokens. */
  readonly tokens: number;
  /** Number of tokens that become UNK. */
  readonly unknown: number;
  /** Share of the tokens that become UNK, 0 to 1. */
  readonly share: number;
  /** At most 20, most frequent first. */
  readonly mostFrequentUnknown: readonly (readonly [token: string, count: number])[];
}

/** Counts the tokens of the rows that become UNK, and lists the most frequent ones. */
export function coverage(rows: Iterable<readonly string[]>, vocabulary: Vocabulary): Coverage {
  const counts = byCount(countTokens(rows));
  const missing = counts.filter(([token]) => vocabulary.id(token) === undefined);
  const tokens = total(counts);
  const unknown = total(missing);
  return { tokens, unknown, share: tokens === 0 ? 0 : unknown / tokens, mostFrequentUnknown: missing.slice(0, 20) };
}

function byCount(counts: Map<string, number>): [string, number][] {
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

function total(counts: readonly (readonly [string, number])[]): number {
  return counts.reduce((sum, [, count]) => sum + count, 0);
}
