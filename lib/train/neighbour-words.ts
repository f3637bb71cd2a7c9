import type { Vocabulary } from '../text/types.js';

/** Known words that stand in for a word, with shares that add up to 1. */
export interface Shares {
  /** Ids in the vocabulary of the base; empty if the corpus shows none. */
  readonly known: readonly (readonly [id: number, share: number])[];
  /** True for a word of the base. */
  readonly exact: boolean;
}

/**
 * Finds, for each word of a vocabulary that another one lacks, the words of the other that occur between the same two neighbours, weighted by
 * how often both do (distributional similarity, Harris 1954).
 *
 * @returns shares by token id of `vocabulary`
 */
export function neighbourShares(vocabulary: Vocabulary, base: Vocabulary, rows: readonly (readonly string[])[]): Shares[] {
  const own = special(vocabulary, base);
  const contexts = countContexts(rows, (word) => base.id(word) !== undefined);
  return vocabulary.tokens.map((word, id) => {
    const same = own.get(id) ?? base.id(word);
    if (same !== undefined) return { known: [[same, 1]], exact: true };
    const counts = new Map<number, number>();
    for (const [context, times] of contexts.ofNewWord.get(word) ?? []) {
      for (const [known, count] of contexts.known.get(context) ?? []) {
        const knownId = base.id(known)!;
        counts.set(knownId, (counts.get(knownId) ?? 0) + times * count);
      }
    }
    const total = [...counts.values()].reduce((a, b) => a + b, 0);
    return { known: [...counts].map(([knownId, count]) => [knownId, count / total] as const), exact: false };
  });
}

function special(vocabulary: Vocabulary, base: Vocabulary): Map<number, number> {
  return new Map((['pad', 'unk', 'start', 'end'] as const).map((name) => [vocabulary[name], base[name]]));
}

type Counts = Map<string, Map<string, number>>;

function countContexts(
  rows: readonly (readonly string[])[],
  isKnown: (word: string) => boolean,
): { known: Counts; ofNewWord: Counts } {
  const known: Counts = new Map();
  const ofNewWord: Counts = new Map();
  for (const row of rows) {
    row.forEach((word, i) => {
      const context = `${row[i - 1] ?? ''} ${row[i + 1] ?? ''}`;
      if (isKnown(word)) add(known, context, word);
      else add(ofNewWord, word, context);
    });
  }
  return { known, ofNewWord };
}

function add(counts: Counts, outer: string, inner: string): void {
  const map = counts.get(outer) ?? new Map<string, number>();
  counts.set(outer, map.set(inner, (map.get(inner) ?? 0) + 1));
}
