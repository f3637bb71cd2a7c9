import { normalised } from '../decode/index.js';

export interface DrawOptions {
  /** Divides the log-probabilities. Below 1: more fluent, less varied. */
  readonly temperature: number;
  /** Tokens are drawn from the most likely ones that together have this probability (nucleus sampling, Holtzman et al. 2020); 1 keeps all. */
  readonly topP: number;
}

/**
 * Draws a token.
 *
 * @param logProbs log-probabilities up to a constant, [V], nats; not changed
 * @param uniform random number in [0, 1)
 * @returns the token id
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
  return order[0]!; // rounding made the parts fall short of the whole
}
