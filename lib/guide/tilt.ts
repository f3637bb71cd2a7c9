/**
 * Multiplies token probabilities by e^logFactor and normalises them, in place. With logFactors = w dR/dp, the result maximises
 * w <dR/dp, q> - KL(q | p) over all distributions q with independent tokens: a step of exponentiated gradient (Kivinen and Warmuth 1997).
 *
 * @param probs [L, V], rows sum to 1
 * @param logFactors [L, V], nats, finite
 * @param size V
 */
export function tilt(probs: Float32Array, logFactors: Float32Array, size: number): void {
  const weights = new Float64Array(size);
  for (let from = 0; from < probs.length; from += size) {
    let [least, most] = [Infinity, -Infinity]; // over the tokens that are possible
    for (let at = from; at < from + size; at++) {
      if (probs[at] === 0) continue;
      if (logFactors[at]! < least) least = logFactors[at]!;
      if (logFactors[at]! > most) most = logFactors[at]!;
    }
    if (least >= most) continue; // all alike, as at a position that the reward ignores
    let sum = 0;
    for (let at = from; at < from + size; at++) {
      weights[at - from] = probs[at] === 0 ? 0 : probs[at]! * Math.exp(logFactors[at]! - most);
      sum += weights[at - from]!;
    }
    for (let at = from; at < from + size; at++) probs[at] = weights[at - from]! / sum;
  }
}

/** Returns the token probabilities of a finished text, [L, V]. @param ids [L] */
export function oneHot(ids: Int32Array, size: number): Float32Array {
  const probs = new Float32Array(ids.length * size);
  ids.forEach((id, i) => (probs[i * size + id] = 1));
  return probs;
}
