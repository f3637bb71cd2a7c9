/** The longest run of words of a text that stands in a row of the corpus. */
export interface Copied {
  /** Words. */
  readonly length: number;
  /** Its first word in the text. */
  readonly start: number;
}

/** Stands behind each row, so that no run goes on into the next one. */
const ROW_END = 0;
const UNKNOWN = -1;

/**
 * Finds what texts have in common with a corpus, word for word. Rows lie in a suffix array (Manber and Myers 1993): all places of the
 * corpus in the order of the words that follow them, 8 bytes a word; a lookup is a binary search.
 */
export class CorpusIndex {
  readonly #ids = new Map<string, number>();
  readonly #rows: ReadonlySet<string>;
  readonly #words: Int32Array; // word ids of all rows, each row followed by ROW_END
  readonly #order: Int32Array; // places in #words, in the order of what follows

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

  /** Whether the text is a row. */
  hasRow(words: readonly string[]): boolean {
    return this.#rows.has(words.join(' '));
  }

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

  /** How many words from `start` on stand in a row: what shares most lies next to where they would be inserted. */
  #longestFrom(text: Int32Array, start: number): number {
    let [low, high] = [0, this.#order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(text, start, this.#order[middle]!) > 0) low = middle + 1;
      else high = middle;
    }
    return Math.max(this.#common(text, start, low), this.#common(text, start, low - 1));
  }

  #common(text: Int32Array, start: number, place: number): number {
    const from = this.#order[place];
    if (from === undefined) return 0;
    let n = 0;
    while (text[start + n]! > 0 && text[start + n] === this.#words[from + n]) n++;
    return n;
  }

  /** Of the words from `start` in `text` and from `place` in the corpus, which come first; 0 where both end together. */
  #compare(text: Int32Array, start: number, place: number): number {
    for (let n = 0; ; n++) {
      const [own, other] = [text[start + n]!, this.#words[place + n]!];
      if (own !== other) return own - other;
      if (own <= 0) return 0;
    }
  }
}
