import { normalised } from './next-words.js';

export interface DrawOptions {
  /** Divides the log-probabilities. Below 1: more fluent, less varied. */
  readonly temperature: number;
  /** Share of the probability, the likeliest tokens first, from which a token is drawn (nucleus sampling, Holtzman et al. 2020): 1 is all of it. */
  readonly topP: number;
}

/**
 * Draws a token.
 *
 * @param logProbs [V], nats up to a constant; not changed
 * @param uniform a number in [0, 1)
 */
export function drawToken(logProbs: Float32Array, { temperature, topP }: DrawOptions, uniform: number): number {
  const tempered = normalised(logProbs.map((value) => value / temperature));
  const order = [...tempered.keys()].sort((a, b) => tempered[b]! - tempered[a]! || a - b);
  let nucleus = 0;
  let size = 0;
  while (size < order.length && (size === 0 || nucleus < topP)) nucleus += Math.exp(tempered[order[size++]!]!);
  let left = uniform * nucleus;
  for (let i = 0; i < size; i++) {
    left -= Math.exp(tempered[order[i]!]!);
    if (left < 0) return order[i]!;
  }
  return order[0]!; // the sum of the parts fell short of the whole by rounding
}
