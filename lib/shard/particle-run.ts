import { type Key, split, uniform } from '../base/random.js';
import type { GenerateConfig } from '../config/index.js';
import type { RewardedText } from '../guide/contract.js';
import type { RunGuides } from '../plan/make-guides.js';
import { type ParticleLog } from '../run/sample-line.js';
import type { Selection } from '../sampler/sample.js';
import {
  drawn,
  effectiveSampleSize,
  finished,
  newParticle,
  type Particle,
  resample,
  weighed,
  weightsOf,
} from '../sampler/smc.js';
import { type Rewards, rewardsOf } from './rewards.js';

/** The trajectories of one text. */
export interface Swarm {
  /** Their rows in the batch, one after the other. */
  readonly rows: readonly number[];
  readonly target: number;
  readonly key: Key;
}

export interface Chosen {
  /** The row whose text is written. */
  readonly row: number;
  readonly log: ParticleLog;
  /** What each guide says of that text, by label, nats. */
  readonly rewards: Readonly<Record<string, number>>;
}

export interface ParticleRun {
  readonly selection: Selection;
  /** Weighs the finished texts, one a row of the batch, and chooses one of each swarm. */
  choose(texts: readonly RewardedText[]): Promise<Chosen[]>;
}

export interface ParticleSetup {
  readonly guides: RunGuides['particles'];
  readonly options: GenerateConfig['particles'];
  /** Reverse steps of a whole run. */
  readonly steps: number;
  /** Rows of the batch. */
  readonly rows: number;
  readonly swarms: readonly Swarm[];
  /** The predicted text of a row under the token probabilities of a step, [B, L, V]. */
  textOf(row: number, probs: Float32Array): RewardedText;
}

interface State extends Swarm {
  particles: readonly Particle[];
  readonly ess: number[];
  resampled: number;
}

/**
 * Steers the texts of a batch by particles (Singhal et al. 2025, arXiv 2501.06848; Wu et al. 2023, arXiv 2306.17775): each look weighs the
 * trajectories of a text by the reward of what they predict, and where that has made their weights uneven the good ones take the places of
 * the bad ones.
 */
export function startParticles(setup: ParticleSetup): ParticleRun {
  const { guides, options, steps } = setup;
  const states = setup.swarms.map((swarm): State => ({
    ...swarm,
    particles: swarm.rows.map(() => newParticle),
    ess: [],
    resampled: 0,
  }));
  const rows = states.flatMap((state) => state.rows);
  const targets = states.flatMap((state) => state.rows.map(() => state.target));
  const actingAt = (step: number) => guides.filter(({ window: [from, to] }) => step / steps >= from && step / steps < to);
  return {
    selection: {
      looksAt: (step) => (step + 1) % options.every === 0 && actingAt(step).length > 0,
      async select(step, probs) {
        const texts = rows.map((row) => setup.textOf(row, probs));
        const { total } = await rewardsOf(actingAt(step), texts, targets);
        const ancestors = Int32Array.from({ length: setup.rows }, (_, row) => row);
        states.forEach((state, s) => {
          const own = slice(total, s, options.count);
          state.particles = state.particles.map((particle, k) => weighed(particle, own[k]!, options.potential));
          select(state, step, ancestors);
        });
        return ancestors;
      },
    },
    async choose(texts) {
      const found = rows.map((row) => texts[row]!);
      return chosenOf(states, await rewardsOf(guides, found, targets), options);
    },
  };
}

function chosenOf(states: readonly State[], { total, each }: Rewards, { count, choose }: ParticleSetup['options']): Chosen[] {
  return states.map((state, s) => {
    const k = choice(state, slice(total, s, count), choose);
    const at = s * count + k;
    const rewards = Object.fromEntries(Object.entries(each).map(([label, values]) => [label, values[at]!]));
    return { row: state.rows[k]!, log: { ess: state.ess, resampled: state.resampled, reward: total[at]! }, rewards };
  });
}

const slice = (values: Float64Array, swarm: number, count: number): Float64Array =>
  values.subarray(swarm * count, (swarm + 1) * count);

/** Resamples where the effective sample size is under half of the count, and writes the rows that go on into `ancestors`. */
function select(state: State, step: number, ancestors: Int32Array): void {
  const weights = weightsOf(state.particles);
  const size = effectiveSampleSize(weights);
  state.ess.push(rounded(size));
  if (size >= weights.length / 2) return;
  const { particles, parents } = resample(state.particles, uniform(split(state.key, 'resample', step), 1)[0]!);
  state.particles = particles;
  state.resampled++;
  parents.forEach((parent, k) => (ancestors[state.rows[k]!] = state.rows[parent]!));
}

/** Which of the finished particles becomes the text: of equals the first. */
function choice(state: State, rewards: Float64Array, how: 'best' | 'draw'): number {
  const weights = weightsOf(state.particles.map((particle, k) => finished(particle, rewards[k]!)));
  state.ess.push(rounded(effectiveSampleSize(weights)));
  return how === 'draw' ? drawn(weights, uniform(split(state.key, 'choose'), 1)[0]!) : rewards.indexOf(Math.max(...rewards));
}

const rounded = (value: number): number => Number(value.toFixed(2));
