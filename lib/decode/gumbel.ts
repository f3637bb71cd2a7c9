/**
 * Adds Gumbel noise to the log-probabilities of the children of a prefix, conditioned on their maximum being the perturbed log-probability of
 * the parent (Kool et al. 2019, arXiv 1903.06059, appendix B.3, numerically stable form).
 *
 * @param logProbs ln p of the whole prefix of each child, [V], nats
 * @param largest the parent's perturbed log-probability, nats
 * @param uniform random numbers in [0, 1), one per child, [V]
 * @returns perturbed log-probabilities, [V], nats
 */
export function perturbed(logProbs: Float32Array, largest: number, uniform: Float64Array): Float32Array {
  const noisy = logProbs.map((value, i) => value - Math.log(-Math.log(Math.max(uniform[i]!, Number.MIN_VALUE))));
  const z = noisy.reduce((most, value) => Math.max(most, value), -Infinity);
  return noisy.map((value) => {
    if (value === z) return largest;
    const v = largest - value + Math.log1p(-Math.exp(value - z));
    return largest - Math.max(0, v) - Math.log1p(Math.exp(-Math.abs(v)));
  });
}
