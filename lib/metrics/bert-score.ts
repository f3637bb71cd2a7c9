/** The vectors of a text's tokens, [tokens, D], each with norm 1. */
export type TokenVectors = readonly Float32Array[];

/** Precision, recall and F1 of BERTScore. */
export interface BertScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/**
 * Computes BERTScore (Zhang et al. 2020, section 3): each token of the text is matched with the most similar token of the reference, and vice
 * versa; recall is the mean cosine of the reference's tokens, precision that of the text's. All tokens have the same weight (no idf), and
 * scores are not rescaled by a baseline, so that unlike texts do not score 0.
 */
export function bertScore(text: TokenVectors, reference: TokenVectors): BertScore {
  const precision = meanBest(text, reference);
  const recall = meanBest(reference, text);
  return { precision, recall, f1: precision + recall <= 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

/** Returns the mean over `of` of the largest cosine with one of `among`; 0 if either is empty. */
function meanBest(of: TokenVectors, among: TokenVectors): number {
  if (of.length === 0 || among.length === 0) return 0;
  const best = of.map((vector) => among.reduce((most, other) => Math.max(most, dot(vector, other)), -Infinity));
  return best.reduce((a, b) => a + b, 0) / of.length;
}

export const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** Scales a vector to norm 1; a vector of zeros stays. */
export function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  return length === 0 ? vector : vector.map((value) => value / length);
}
