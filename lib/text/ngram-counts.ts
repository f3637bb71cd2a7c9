/** How often each n-gram of one length stands in a text. */
export type NgramCounts = ReadonlyMap<string, number>;

/** @param order words of an n-gram */
export function ngramCounts(words: readonly string[], order: number): NgramCounts {
  const counts = new Map<string, number>();
  for (let start = 0; start + order <= words.length; start++) {
    const ngram = words.slice(start, start + order).join('\u0000');
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}
