import { createHash } from 'node:crypto';

/** Length of the longest n-grams, words. */
const ORDERS = 4;
/** Exceeds the number of distinct words; its product with the number of n-grams must stay below 2^53. */
const STRIDE = 2 ** 24;

/** The diversity of a set of texts. */
export interface DiversityFigures {
  /** Share of distinct texts. */
  readonly distinctTexts: number;
  /** Distinct-1 to distinct-4 (Li et al. 2016): distinct n-grams as a share of all, over all texts; 0 if there are none. */
  readonly distinct: readonly number[];
}

/** Counts distinct texts and n-grams incrementally; it keeps n-grams and digests, no texts. */
export class DiversityCounter {
  readonly #ids = new Map<string, number>();
  /** The number of each n-gram, per order, by (number of the n-gram without its last word, last word). */
  readonly #ngrams = Array.from({ length: ORDERS }, () => new Map<number, number>());
  readonly #all = new Array<number>(ORDERS).fill(0);
  readonly #digests = new Set<string>();
  #texts = 0;

  /** Adds a text. */
  add(words: readonly string[]): void {
    this.#texts++;
    this.#digests.add(createHash('sha256').update(words.join(' ')).digest('base64').slice(0, 16));
    const ids = words.map((word) => this.#id(word));
    for (let start = 0; start < ids.length; start++) this.#addNgramsFrom(ids, start);
  }

  /** Counts the given words that occur in the texts. */
  used(words: Iterable<string>): number {
    let used = 0;
    for (const word of words) if (this.#ids.has(word)) used++;
    return used;
  }

  get figures(): DiversityFigures {
    return {
      distinctTexts: this.#digests.size / this.#texts,
      distinct: this.#ngrams.map(({ size }, order) => (this.#all[order] === 0 ? 0 : size / this.#all[order]!)),
    };
  }

  #addNgramsFrom(ids: readonly number[], start: number): void {
    let shorter = 0;
    for (let order = 0; order < ORDERS && start + order < ids.length; order++) {
      const ngrams = this.#ngrams[order]!;
      const key = shorter * STRIDE + ids[start + order]!;
      shorter = ngrams.get(key) ?? ngrams.size;
      ngrams.set(key, shorter);
      this.#all[order]!++;
    }
  }

  #id(word: string): number {
    const id = this.#ids.get(word) ?? this.#ids.size;
    this.#ids.set(word, id);
    return id;
  }
}
