import type { Vocabulary } from './types.js';

/** The tokens that no text holds, in the order of their ids 0 to 3. */
export const SPECIAL_TOKENS = ['PAD', 'UNK', 'START', 'END'] as const;

/** Ids of the four tokens that no text holds. */
export interface SpecialIds {
  readonly pad: number;
  readonly unk: number;
  readonly start: number;
  readonly end: number;
}

/** A vocabulary of the given words after PAD, UNK, START and END (ids 0 to 3). Words that repeat or bear a special name are left out. */
export function vocabularyOf(words: readonly string[]): Vocabulary {
  const tokens = new Set<string>([...SPECIAL_TOKENS, ...words]);
  return vocabularyWith([...tokens], { pad: 0, unk: 1, start: 2, end: 3 });
}

/** A vocabulary over a complete list of tokens, by id, some of which are special. */
export function vocabularyWith(tokens: readonly string[], special: SpecialIds): Vocabulary {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  // A word of a text that is spelled like a special token is a word the model does not know: it becomes UNK, and can
  // neither end a text nor pad it. The special tokens have their own fields.
  for (const id of [special.pad, special.unk, special.start, special.end]) ids.delete(tokens[id] as string);
  return { size: tokens.length, tokens: [...tokens], id: (token) => ids.get(token), ...special };
}

/** How often each token stands in the rows. */
export function countTokens(rows: Iterable<readonly string[]>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) for (const token of row) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}

/** The tokens counted at least `minCount` times, most frequent first, ties in code-unit order. */
export function commonTokens(rows: Iterable<readonly string[]>, minCount: number): string[] {
  const kept = byCount(countTokens(rows)).filter(([, count]) => count >= minCount);
  return kept.map(([token]) => token);
}

/** A vocabulary of the common tokens. */
export const buildVocabulary = (rows: Iterable<readonly string[]>, { minCount }: { minCount: number }): Vocabulary =>
  vocabularyOf(commonTokens(rows, minCount));

/** What a vocabulary misses of a corpus. */
export interface Coverage {
  readonly tokens: number;
  /** Tokens that become UNK. */
  readonly unknown: number;
  /** Share of the tokens that become UNK, 0 to 1. */
  readonly share: number;
  /** At most 20, most frequent first. */
  readonly mostFrequentUnknown: readonly (readonly [token: string, count: number])[];
}

/** How many tokens of the rows become UNK, and which. */
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
