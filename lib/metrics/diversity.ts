import { createHash } from 'node:crypto';

/** Longest n-grams that are counted. */
const ORDERS = 4;
/** More than there are different words; times the number of n-grams it must stay below 2^53. */
const STRIDE = 2 ** 24;

export interface DiversityFigures {
  /** Share of different texts. */
  readonly distinctTexts: number;
  /** Distinct-1 to distinct-4 (Li et al. 2016): different n-grams as a share of all, over all texts; 0 where there are none. */
  readonly distinct: readonly number[];
}

/** Counts what is different among texts as they come; it keeps n-grams and digests, no texts. */
export class DiversityCounter {
  readonly #ids = new Map<string, number>();
  /** Of each order the n-grams: (number of the n-gram without its last word, last word) to the n-gram's own number. */
  readonly #ngrams = Array.from({ length: ORDERS }, () => new Map<number, number>());
  readonly #all = new Array<number>(ORDERS).fill(0);
  readonly #digests = new Set<string>();
  #texts = 0;

  add(words: readonly string[]): void {
    this.#texts++;
    this.#digests.add(createHash('sha256').update(words.join(' ')).digest('base64').slice(0, 16));
    const ids = words.map((word) => this.#id(word));
    for (let start = 0; start < ids.length; start++) this.#addNgramsFrom(ids, start);
  }

  /** How many of these words the texts have. */
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
