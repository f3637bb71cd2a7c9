import type { Vocabulary } from '../text/types.js';
import type { PosteriorFactors } from './contract.js';

/**
 * Returns the constraints on every text: START comes first and nowhere else, and no token is UNK. Decoding keeps words, END and PAD in
 * order, since it compares all positions for END (lib/decode/argmax.ts).
 *
 * @returns log-factors [L, V]
 */
export function sequenceFactors(maxTokens: number, { size, start, unk }: Vocabulary): Float32Array {
  const factors = new Float32Array(maxTokens * size);
  factors.fill(-Infinity, 0, size);
  factors[start] = 0;
  for (let i = 1; i < maxTokens; i++) {
    factors[i * size + start] = -Infinity;
    factors[i * size + unk] = -Infinity;
  }
  return factors;
}

/** Adds `more` to `factors` in place, with finite entries times `weight`: a hard constraint stays hard at every weight. */
export function addFactors(factors: Float32Array, more: Float32Array, weight: number): void {
  for (let i = 0; i < factors.length; i++) {
    const value = more[i]!;
    factors[i]! += value === -Infinity ? value : weight * value;
  }
}

/** Forbids texts of more words in place. */
export function forbidLonger(factors: Float32Array, words: number, { size, end, pad }: Vocabulary): void {
  for (let at = words + 1; at < factors.length / size; at++)
    for (let v = 0; v < size; v++) if (v !== pad && (v !== end || at > words + 1)) factors[at * size + v] = -Infinity;
}

/** Returns how many positions at the beginning may hold anything but PAD. */
export function openLength(factors: Float32Array, { size, pad }: Pick<Vocabulary, 'size' | 'pad'>): number {
  let at = factors.length - 1;
  while (at >= 0 && (factors[at] === -Infinity || at % size === pad)) at--;
  return Math.floor(at / size) + 1;
}

/** Returns the first position in [0, L) at which no token is possible, so that the guides of a text contradict each other, or undefined. */
export function emptyPosition(factors: Float32Array, vocabularySize: number): number | undefined {
  for (let at = 0; at < factors.length; at += vocabularySize) {
    if (factors.subarray(at, at + vocabularySize).every((value) => value === -Infinity)) return at / vocabularySize;
  }
  return undefined;
}

/** Returns whether factors only allow and forbid. */
export const isHard = ({ logUnary, reward }: PosteriorFactors): boolean =>
  reward === undefined && (!logUnary || logUnary.every((value) => value === 0 || value === -Infinity));
