import type { RewardSlope } from './contract.js';

/**
 * Multiplies token probabilities by e^logFactor and norms them, in place. With logFactors = w dR/dp that is, of all texts with independent
 * tokens q, the one that makes w <dR/dp, q> - KL(q | p) largest: a step of exponentiated gradient (Kivinen and Warmuth 1997).
 *
 * @param probs [L, V], rows sum to 1
 * @param logFactors [L, V], nats, finite
 * @param size V
 */
export function tilt(probs: Float32Array, logFactors: Float32Array, size: number): void {
  const weights = new Float64Array(size);
  for (let from = 0; from < probs.length; from += size) {
    let [least, most] = [Infinity, -Infinity]; // of the tokens that are possible
    for (let at = from; at < from + size; at++) {
      if (probs[at] === 0) continue;
      if (logFactors[at]! < least) least = logFactors[at]!;
      if (logFactors[at]! > most) most = logFactors[at]!;
    }
    if (least >= most) continue; // all alike, as where nothing is wanted of a place
    let sum = 0;
    for (let at = from; at < from + size; at++) {
      weights[at - from] = probs[at] === 0 ? 0 : probs[at]! * Math.exp(logFactors[at]! - most);
      sum += weights[at - from]!;
    }
    for (let at = from; at < from + size; at++) probs[at] = weights[at - from]! / sum;
  }
}

/** The token probabilities of a finished text, [L, V]. @param ids [L] */
export function oneHot(ids: Int32Array, size: number): Float32Array {
  const probs = new Float32Array(ids.length * size);
  ids.forEach((id, i) => (probs[i * size + id] = 1));
  return probs;
}

/** What keeps a value from being nats that a reward may give: -Infinity is for what must not be. */
export const valueProblem = (value: unknown): string | undefined =>
  typeof value !== 'number' || Number.isNaN(value) || value === Infinity
    ? `a value in nats, a number below Infinity, got ${String(value)}`
    : undefined;

/** What keeps a value from being that of a TokenReward, as the rest of "must return ...". @param size L V */
export function slopeProblem(found: unknown, size: number): string | undefined {
  const { value, gradient } = (found ?? {}) as Partial<Record<keyof RewardSlope, unknown>>;
  const problem = valueProblem(value);
  if (problem !== undefined) return problem;
  if (!(gradient instanceof Float32Array)) return `a gradient [L, V] in a Float32Array, got ${typeof gradient}`;
  if (gradient.length !== size) return `a gradient [L, V], ${size} numbers, got ${gradient.length}`;
  for (let at = 0; at < size; at++)
    if (!Number.isFinite(gradient[at])) return `a gradient of finite numbers, got ${gradient[at]} at ${at}`;
  return undefined;
}
