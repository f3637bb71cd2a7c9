/** How often each n-gram of one length occurs in a text. */
export type NgramCounts = ReadonlyMap<string, number>;

/**
 * Counts the n-grams of a text.
 *
 * @param order words per n-gram
 */
export function ngramCounts(words: readonly string[], order: number): NgramCounts {
  const counts = new Map<string, number>();
  for (let start = 0; start + order <= words.length; start++) {
    const ngram = words.slice(start, start + order).join('\u0000');
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

/** N-grams of a text that count as matched, and all of them. */
export interface NgramMatches {
  readonly matched: number;
  readonly all: number;
}

/**
 * Counts the matched n-grams of a text, each at most as often as its references allow: the clipped counts of Papineni et al. 2002,
 * section 2.1.
 *
 * @param most the largest number of times that one reference has an n-gram
 */
export function clippedMatches(counts: NgramCounts, most: (ngram: string) => number): NgramMatches {
  let [matched, all] = [0, 0];
  for (const [ngram, count] of counts) {
    matched += Math.min(count, most(ngram));
    all += count;
  }
  return { matched, all };
}
