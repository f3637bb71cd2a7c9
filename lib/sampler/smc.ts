/**
 * Weights of particles that add up to 1. Of particles that are all impossible none is better than another.
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
 * How many equally weighted particles are worth as much as these: 1 / sum w^2 (Kong, Liu and Wong 1994).
 *
 * @param weights add up to 1
 * @returns from 1 to their count
 */
export const effectiveSampleSize = (weights: Float64Array): number =>
  1 / weights.reduce((sum, weight) => sum + weight * weight, 0);

/**
 * Systematic resampling (Kitagawa 1996): of K places particle k gets K w_k of them, rounded up or down, and K w_k on average over `u`.
 *
 * @param weights add up to 1
 * @param u a uniform number in [0, 1)
 * @returns of each of the K places the particle that comes to stand there, rising
 */
export function systematicResample(weights: Float64Array, u: number): Int32Array {
  const count = weights.length;
  return Int32Array.from(
    places(
      weights,
      Array.from(weights, (_, place) => (place + u) / count),
    ),
  );
}

/** A particle drawn by weight, by a uniform number in [0, 1). */
export const drawn = (weights: Float64Array, u: number): number => places(weights, [u])[0]!;

/** The particles in whose part of [0, 1) rising numbers lie. */
function places(weights: Float64Array, rising: readonly number[]): number[] {
  let particle = 0;
  let upTo = weights[0]!; // sum of the weights to `particle`
  return rising.map((at) => {
    while (at >= upTo && particle < weights.length - 1) upTo += weights[++particle]!;
    return particle;
  });
}

/** What of the rewards weighs a trajectory (Singhal et al. 2025, arXiv 2501.06848, section 3). */
export type Potential = 'difference' | 'max' | 'sum';

/** What is known of a trajectory from the rewards of its predicted texts. Nats. */
export interface Particle {
  /** Of its last predicted text; undefined before the first look. */
  readonly reward: number | undefined;
  readonly best: number;
  readonly sum: number;
  /** Logarithm of the product of all potentials of the trajectory. */
  readonly potentials: number;
  /** Of those since it was last resampled: its log-weight. */
  readonly logWeight: number;
}

export const newParticle: Particle = { reward: undefined, best: -Infinity, sum: 0, potentials: 0, logWeight: 0 };

/** A particle after another look: the potential of the new reward weighs it. */
export function weighed(particle: Particle, reward: number, potential: Potential): Particle {
  const best = Math.max(particle.best, reward);
  const sum = particle.sum + reward;
  const gain = { difference: reward - (particle.reward ?? 0), max: best, sum }[potential];
  return withGain({ ...particle, reward, best, sum }, gain);
}

/** A finished particle: the last potential is what makes all of them together e^reward, whatever the others were (ibid.). */
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

/** Particles drawn anew by their weights: all of them weigh the same again. @param u a uniform number in [0, 1) */
export function resample(particles: readonly Particle[], u: number): { particles: Particle[]; parents: Int32Array } {
  const parents = systematicResample(weightsOf(particles), u);
  return { parents, particles: Array.from(parents, (parent) => ({ ...particles[parent]!, logWeight: 0 })) };
}
