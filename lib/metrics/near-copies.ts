/** The text of an index that shares the most n-grams with another. */
export interface NearText {
  /** Dice coefficient of the two sets of n-grams (2 shared / all of both), 0 to 1. */
  readonly overlap: number;
  /** Index of the text, in the order of `add`. */
  readonly index: number;
}

/**
 * Finds the text with the most n-grams in common, by an inverted index. Case and punctuation do not count; the ends of a text count as words,
 * so that short texts have n-grams too.
 */
export class NearCopies {
  readonly #order: number;
  readonly #sizes: number[] = [];
  /** Texts by n-gram. */
  readonly #texts = new Map<string, number[]>();

  /** @param order words per n-gram */
  constructor(order: number) {
    this.#order = order;
  }

  /** Adds a text. */
  add(words: readonly string[]): void {
    const ngrams = this.#ngrams(words);
    const index = this.#sizes.push(ngrams.size) - 1;
    for (const ngram of ngrams) {
      const texts = this.#texts.get(ngram);
      if (texts) texts.push(index);
      else this.#texts.set(ngram, [index]);
    }
  }

  /** Returns the nearest text, the first of equals; undefined if no text shares an n-gram. */
  nearest(words: readonly string[]): NearText | undefined {
    const ngrams = this.#ngrams(words);
    const shared = new Map<number, number>();
    for (const ngram of ngrams) for (const index of this.#texts.get(ngram) ?? []) shared.set(index, (shared.get(index) ?? 0) + 1);
    let best: NearText | undefined;
    for (const [index, count] of shared) {
      const overlap = (2 * count) / (ngrams.size + this.#sizes[index]!);
      if (!best || overlap > best.overlap || (overlap === best.overlap && index < best.index)) best = { overlap, index };
    }
    return best;
  }

  #ngrams(words: readonly string[]): Set<string> {
    const lower = words.map((word) => word.toLowerCase());
    const spoken = lower.filter((word) => /[\p{L}\p{N}]/u.test(word));
    const text = spoken.length > 0 ? spoken : lower;
    const ends = this.#order === 1 ? [] : [''];
    const padded = [...ends, ...text, ...ends];
    const order = Math.min(this.#order, padded.length);
    return new Set(padded.slice(order - 1).map((_, i) => padded.slice(i, i + order).join('\u0000')));
  }
}
