import type { TextEmbedder } from '../../model/external/text-embedder.js';
import { splitWords } from '../../text/split-words.js';
import type { SparseVector } from './linear-svm.js';

/** Turns texts into vectors of length 1. */
export interface Features {
  readonly count: number;
  vectorOf(text: string): SparseVector;
}

/**
 * Fits TF-IDF features of words and pairs of words, in lower case, to texts: idf = ln((1 + n) / (1 + df)) + 1, as in scikit-learn. N-grams
 * that the texts lack are left out of the vectors.
 */
export function tfIdf(texts: readonly string[]): Features {
  const documents = new Map<string, number>();
  for (const text of texts) for (const term of termsOf(text).keys()) documents.set(term, (documents.get(term) ?? 0) + 1);
  const ids = new Map([...documents.keys()].map((term, id) => [term, id]));
  const idf = Float64Array.from(documents.values(), (df) => Math.log((1 + texts.length) / (1 + df)) + 1);
  return {
    count: ids.size,
    vectorOf(text) {
      const known = [...termsOf(text)].flatMap(([term, count]) => {
        const id = ids.get(term);
        return id === undefined ? [] : [[id, count * idf[id]!] as const];
      });
      return unitVector(
        Int32Array.from(known, ([id]) => id),
        Float64Array.from(known, ([, value]) => value),
      );
    },
  };
}

function termsOf(text: string): Map<string, number> {
  const words = splitWords(text.toLowerCase());
  const counts = new Map<string, number>();
  const pairs = words.slice(1).map((word, i) => `${words[i]!} ${word}`);
  for (const term of [...words, ...pairs]) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

/** Embeds texts as the mean of the vectors of their tokens; an embedded text is kept, since the sets of a benchmark share most of theirs. */
export class SentenceVectors {
  readonly #known = new Map<string, SparseVector>();

  constructor(private readonly embedder: TextEmbedder) {}

  /** Embeds texts, so that the features know them. */
  async featuresOf(texts: readonly string[]): Promise<Features> {
    for (const text of new Set(texts)) if (!this.#known.has(text)) this.#known.set(text, await this.#embedded(text));
    const count = Math.max(0, ...texts.map((text) => this.#known.get(text)!.ids.length));
    return { count, vectorOf: (text) => this.#known.get(text)! };
  }

  async #embedded(text: string): Promise<SparseVector> {
    const [tokens = []] = await this.embedder.tokenVectors([text]);
    const sum = new Float64Array(tokens[0]?.length ?? 0);
    for (const token of tokens) token.forEach((value, d) => (sum[d]! += value));
    return unitVector(Int32Array.from(sum.keys()), sum);
  }
}

function unitVector(ids: Int32Array, values: Float64Array): SparseVector {
  const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return { ids, values: norm === 0 ? values : values.map((value) => value / norm) };
}
