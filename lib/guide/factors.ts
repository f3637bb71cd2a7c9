import type { Vocabulary } from '../text/types.js';
import type { PosteriorFactors } from './contract.js';

/**
 * What every text obeys: START stands first and nowhere else, and no token is UNK. The order of words, END and PAD is kept by
 * decoding, which weighs all places for END (lib/decode/argmax.ts).
 *
 * @returns log-factors [L, V]
 */
export function canvasFactors(maxTokens: number, { size, start, unk }: Vocabulary): Float32Array {
  const factors = new Float32Array(maxTokens * size);
  factors.fill(-Infinity, 0, size);
  factors[start] = 0;
  for (let i = 1; i < maxTokens; i++) {
    factors[i * size + start] = -Infinity;
    factors[i * size + unk] = -Infinity;
  }
  return factors;
}

/** Adds `more` to `factors` in place, finite entries times `weight`: a hard fact stays hard at every weight. */
export function addFactors(factors: Float32Array, more: Float32Array, weight: number): void {
  for (let i = 0; i < factors.length; i++) {
    const value = more[i]!;
    factors[i]! += value === -Infinity ? value : weight * value;
  }
}

/** The first position [0, L) at which no token is left, or undefined: the guides of a text contradict each other there. */
export function emptyPosition(factors: Float32Array, vocabularySize: number): number | undefined {
  for (let at = 0; at < factors.length; at += vocabularySize) {
    if (factors.subarray(at, at + vocabularySize).every((value) => value === -Infinity)) return at / vocabularySize;
  }
  return undefined;
}

/** Whether factors only allow and forbid. */
export const isHard = ({ logUnary, reward }: PosteriorFactors): boolean =>
  reward === undefined && (!logUnary || logUnary.every((value) => value === 0 || value === -Infinity));
