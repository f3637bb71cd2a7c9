/** The longest run of words that a text shares with a row of the corpus. */
export interface Copied {
  /** Number of words. */
  readonly length: number;
  /** Index of its first word in the text. */
  readonly start: number;
}

/** Follows each row, so that no run crosses into the next one. */
const ROW_END = 0;
const UNKNOWN = -1;

/**
 * Finds runs of words that texts share with a corpus, by a suffix array (Manber and Myers 1993): all positions of the corpus in the order of
 * the words that follow them, 8 bytes per word. A lookup is a binary search.
 */
export class CorpusIndex {
  readonly #ids = new Map<string, number>();
  readonly #rows: ReadonlySet<string>;
  readonly #words: Int32Array; // word ids of all rows, each row followed by ROW_END
  readonly #order: Int32Array; // positions in #words, in the order of the words that follow

  constructor(rows: readonly (readonly string[])[]) {
    this.#rows = new Set(rows.map((row) => row.join(' ')));
    const words: number[] = [];
    for (const row of rows) {
      for (const word of row) words.push(this.#idOf(word));
      words.push(ROW_END);
    }
    this.#words = Int32Array.from(words);
    this.#order = Int32Array.from(words.keys()).sort((a, b) => this.#compare(this.#words, a, b) || a - b);
  }

  /** Returns whether the text is a row. */
  hasRow(words: readonly string[]): boolean {
    return this.#rows.has(words.join(' '));
  }

  /** Returns the longest run of words that is in a row. */
  longestCopied(words: readonly string[]): Copied {
    const text = Int32Array.from([...words.map((word) => this.#ids.get(word) ?? UNKNOWN), UNKNOWN]);
    let best: Copied = { length: 0, start: 0 };
    for (let start = 0; start + best.length < words.length; start++) {
      const length = this.#longestFrom(text, start);
      if (length > best.length) best = { length, start };
    }
    return best;
  }

  #idOf(word: string): number {
    const id = this.#ids.get(word) ?? this.#ids.size + 1;
    this.#ids.set(word, id);
    return id;
  }

  /** Returns the length of the longest run from `start` on; its row is next to the position where the text would be inserted. */
  #longestFrom(text: Int32Array, start: number): number {
    let [low, high] = [0, this.#order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(text, start, this.#order[middle]!) > 0) low = middle + 1;
      else high = middle;
    }
    return Math.max(this.#common(text, start, low), this.#common(text, start, low - 1));
  }

  #common(text: Int32Array, start: number, position: number): number {
    const from = this.#order[position];
    if (from === undefined) return 0;
    let n = 0;
    while (text[start + n]! > 0 && text[start + n] === this.#words[from + n]) n++;
    return n;
  }

  /** Compares the words from `start` in `text` with those from `position` in the corpus; 0 if both end together. */
  #compare(text: Int32Array, start: number, position: number): number {
    for (let n = 0; ; n++) {
      const [own, other] = [text[start + n]!, this.#words[position + n]!];
      if (own !== other) return own - other;
      if (own <= 0) return 0;
    }
  }
}
