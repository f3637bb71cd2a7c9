import type { Vocabulary } from '../text/types.js';

/** A decoded text. */
export interface Decoded {
  /** The whole sequence: START, words, END, PAD. */
  readonly ids: Int32Array; // [L]
  /** Whether the words reach the end of the sequence without END. */
  readonly truncated: boolean;
}

/**
 * Returns the most probable sequence under independent token probabilities per position: START, words, END, PAD to the end. It compares all
 * positions of END, so that the text is well-formed even if the most probable tokens of single positions are not.
 *
 * @param probs [L, V] of one text, row-major
 */
export function decodeArgmax(probs: Float32Array, vocabulary: Vocabulary): Decoded {
  const { size, start, end, pad } = vocabulary;
  const length = probs.length / size;
  const words = Array.from({ length }, (_, i) => bestWord(probs.subarray(i * size, (i + 1) * size), vocabulary));
  const logProb = (i: number, id: number) => Math.log(Math.max(probs[i * size + id]!, Number.MIN_VALUE));

  const padded = new Float64Array(length + 1); // log-probability of PAD from i to the end
  for (let i = length - 1; i > 0; i--) padded[i] = padded[i + 1]! + logProb(i, pad);
  let best = { at: length, score: -Infinity };
  let before = 0; // log-probability of the words before i
  for (let i = 1; i < length; i++) {
    const score = before + logProb(i, end) + padded[i + 1]!;
    if (score > best.score) best = { at: i, score };
    before += logProb(i, words[i]!);
  }
  if (before > best.score) best = { at: length, score: before };

  const ids = Int32Array.from({ length }, (_, i) => (i === 0 ? start : i < best.at ? words[i]! : i === best.at ? end : pad));
  return { ids, truncated: best.at === length };
}

function bestWord(probs: Float32Array, { start, end, pad }: Vocabulary): number {
  let [best, most] = [-1, -1];
  for (let id = 0; id < probs.length; id++) {
    const p = probs[id]!;
    if (p <= most || id === start || id === end || id === pad) continue;
    [best, most] = [id, p];
  }
  return best;
}
