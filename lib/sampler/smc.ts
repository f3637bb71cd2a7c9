/**
 * Returns weights of particles that add up to 1; equal ones if all particles are impossible.
 *
 * @param logWeights nats, up to a constant
 */
export function normalisedWeights(logWeights: ArrayLike<number>): Float64Array {
  const all = Float64Array.from(logWeights);
  const largest = all.reduce((a, b) => Math.max(a, b), -Infinity);
  if (largest === -Infinity) return all.fill(1 / all.length);
  const weights = all.map((value) => Math.exp(value - largest));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/**
 * Returns the effective sample size, 1 / sum w^2 (Kong, Liu and Wong 1994): as many equally weighted particles are worth as much.
 *
 * @param weights add up to 1
 * @returns from 1 to the number of particles
 */
export const effectiveSampleSize = (weights: Float64Array): number =>
  1 / weights.reduce((sum, weight) => sum + weight * weight, 0);

/**
 * Resamples systematically (Kitagawa 1996): particle k gets K w_k of K copies, rounded up or down, and K w_k on average over `u`.
 *
 * @param weights add up to 1
 * @param u a uniform number in [0, 1)
 * @returns the index of the particle that each of the K copies is made from, in increasing order
 */
export function systematicResample(weights: Float64Array, u: number): Int32Array {
  const points = Array.from(weights, (_, k) => (k + u) / weights.length);
  return Int32Array.from(particlesAt(weights, points));
}

/** Draws a particle by weight. @param u a uniform number in [0, 1) */
export const drawn = (weights: Float64Array, u: number): number => particlesAt(weights, [u])[0]!;

/** Returns the particles in whose part of [0, 1) increasing numbers lie. */
function particlesAt(weights: Float64Array, increasing: readonly number[]): number[] {
  let particle = 0;
  let upTo = weights[0]!; // sum of the weights to `particle`
  return increasing.map((at) => {
    while (at >= upTo && particle < weights.length - 1) upTo += weights[++particle]!;
    return particle;
  });
}

/** How rewards weigh a trajectory (Singhal et al. 2025, arXiv 2501.06848, section 3). */
export type Potential = 'difference' | 'max' | 'sum';

/** A trajectory with the rewards of its predicted texts, nats. */
export interface Particle {
  /** Reward of the last predicted text; undefined before the first look. */
  readonly reward: number | undefined;
  readonly best: number;
  readonly sum: number;
  /** Logarithm of the product of all potentials of the trajectory. */
  readonly potentials: number;
  /** The same since the last resampling. */
  readonly logWeight: number;
}

export const newParticle: Particle = { reward: undefined, best: -Infinity, sum: 0, potentials: 0, logWeight: 0 };

/** Returns a particle after another look, weighed by the potential of its new reward. */
export function weighed(particle: Particle, reward: number, potential: Potential): Particle {
  const best = Math.max(particle.best, reward);
  const sum = particle.sum + reward;
  const gain = { difference: reward - (particle.reward ?? 0), max: best, sum }[potential];
  return withGain({ ...particle, reward, best, sum }, gain);
}

/** Returns a finished particle: its last potential makes the product of all of them e^reward, whatever the others were (ibid.). */
export function finished(particle: Particle, reward: number): Particle {
  return withGain({ ...particle, reward }, reward - particle.potentials);
}

const withGain = (particle: Particle, gain: number): Particle => ({
  ...particle,
  potentials: particle.potentials + gain,
  logWeight: particle.logWeight + gain,
});

export const weightsOf = (particles: readonly Particle[]): Float64Array =>
  normalisedWeights(particles.map(({ logWeight }) => logWeight));

/** Returns particles resampled by their weights, all of the same weight again. @param u a uniform number in [0, 1) */
export function resample(particles: readonly Particle[], u: number): { particles: Particle[]; parents: Int32Array } {
  const parents = systematicResample(weightsOf(particles), u);
  return { parents, particles: Array.from(parents, (parent) => ({ ...particles[parent]!, logWeight: 0 })) };
}
