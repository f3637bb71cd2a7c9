/**
 * Log-probabilities with Gumbel noise, given that the largest of them is known: that of the parent of these children (Kool et al. 2019, appendix
 * B.3, in its numerically stable form).
 *
 * @param logProbs of all children, ln p of the whole prefixes, nats
 * @param largest what the noise made of the parent
 * @param uniform numbers in [0, 1), one a child
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
