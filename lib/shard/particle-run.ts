import { type Key, split, uniform } from '../base/random.js';
import type { GenerateConfig } from '../config/index.js';
import { isWithin } from '../diffusion/reverse-steps.js';
import type { RewardedText } from '../guide/contract.js';
import type { RunGuides } from '../plan/make-guides.js';
import type { ParticleLog } from '../run/sample-line.js';
import type { RunStep, StepObserver } from '../sampler/index.js';
import {
  drawn,
  effectiveSampleSize,
  finished,
  newParticle,
  type Particle,
  resample,
  weighed,
  weightsOf,
} from '../sampler/index.js';
import { type Rewards, rewardsOf } from './rewards.js';
import type { RowReader } from './row-texts.js';
import type { ShardBatch } from './shard-batch.js';

/** The trajectories of one text. */
export interface Swarm {
  /** Consecutive rows of the batch. */
  readonly rows: readonly number[];
  readonly target: number;
  readonly key: Key;
}

/** A row that was chosen among the trajectories of its text. */
export interface Chosen {
  readonly row: number;
  readonly log: ParticleLog;
  /** Reward of its text by each guide, by label, nats. */
  readonly rewards: Readonly<Record<string, number>>;
}

/** Observes a batch, and after each look selects the rows that continue. */
export interface ParticleRun extends StepObserver {
  /** Weighs the finished texts, one per row of the batch, and chooses one of each swarm. */
  choose(texts: readonly RewardedText[]): Promise<Chosen[]>;
}

export interface ParticleSetup {
  readonly guides: RunGuides['particles'];
  readonly options: GenerateConfig['particles'];
  /** Rows of the batch. */
  readonly rows: number;
  readonly swarms: readonly Swarm[];
  /** Returns the predicted text of a row under the token probabilities of a step, [B, L, V]. */
  textOf(row: number, probs: Float32Array): RewardedText;
}

interface SwarmState extends Swarm {
  particles: readonly Particle[];
  readonly ess: number[];
  resampled: number;
}

/** Returns the particle run of a batch, all of whose texts are then of one run; undefined if no guide acts by particles. */
export function startParticles(
  { rows, groups }: Pick<ShardBatch, 'rows' | 'groups'>,
  reader: Pick<RowReader, 'text'>,
): ParticleRun | undefined {
  const { config, guides } = rows[0]!.run;
  if (guides.particles.length === 0) return undefined;
  const swarms = groups.map((group) => ({ rows: group, target: rows[group[0]!]!.target!, key: rows[group[0]!]!.key }));
  return particleRun({
    guides: guides.particles,
    options: config.particles,
    rows: rows.length,
    swarms,
    textOf: (row, probs) => reader.text(row, probs),
  });
}

/**
 * Steers the texts of a batch by particles (Singhal et al. 2025, arXiv 2501.06848; Wu et al. 2023, arXiv 2306.17775). Each look weighs the
 * trajectories of a text by the rewards of their predicted texts; if the weights have become uneven, good trajectories replace bad ones.
 */
export function particleRun({ guides, options, rows, swarms, textOf }: ParticleSetup): ParticleRun {
  const states = swarms.map((swarm): SwarmState => ({
    ...swarm,
    particles: swarm.rows.map(() => newParticle),
    ess: [],
    resampled: 0,
  }));
  const used = states.flatMap((state) => state.rows);
  const targets = states.flatMap((state) => state.rows.map(() => state.target));
  const actingAt = ({ share }: RunStep) => guides.filter(({ window }) => isWithin(share, window));
  const looksAt = (step: RunStep) => !step.isLast && (step.step + 1) % options.every === 0 && actingAt(step).length > 0;
  return {
    before: (step) => ({ probs: looksAt(step) }),
    async after(step, { probs }) {
      if (!looksAt(step)) return undefined;
      const texts = used.map((row) => textOf(row, probs!));
      const { total } = await rewardsOf(actingAt(step), texts, targets);
      const ancestors = Int32Array.from({ length: rows }, (_, row) => row);
      states.forEach((state, s) => {
        const own = slice(total, s, options.count);
        state.particles = state.particles.map((particle, k) => weighed(particle, own[k]!, options.potential));
        select(state, step.step, ancestors);
      });
      return ancestors;
    },
    async choose(texts) {
      const found = used.map((row) => texts[row]!);
      return chosenOf(states, await rewardsOf(guides, found, targets), options);
    },
  };
}

function chosenOf(
  states: readonly SwarmState[],
  { total, each }: Rewards,
  { count, choose }: ParticleSetup['options'],
): Chosen[] {
  return states.map((state, s) => {
    const k = choice(state, slice(total, s, count), choose);
    const at = s * count + k;
    const rewards = Object.fromEntries(Object.entries(each).map(([label, values]) => [label, values[at]!]));
    return { row: state.rows[k]!, log: { ess: state.ess, resampled: state.resampled, reward: total[at]! }, rewards };
  });
}

const slice = (values: Float64Array, swarm: number, count: number): Float64Array =>
  values.subarray(swarm * count, (swarm + 1) * count);

/** Resamples a swarm if its effective sample size is below half of its count, and writes the rows that continue into `ancestors`. */
function select(state: SwarmState, step: number, ancestors: Int32Array): void {
  const weights = weightsOf(state.particles);
  const size = effectiveSampleSize(weights);
  state.ess.push(rounded(size));
  if (size >= weights.length / 2) return;
  const { particles, parents } = resample(state.particles, uniform(split(state.key, 'resample', step), 1)[0]!);
  state.particles = particles;
  state.resampled++;
  parents.forEach((parent, k) => (ancestors[state.rows[k]!] = state.rows[parent]!));
}

/** Returns the index of the finished particle that becomes the text; the first of equals. */
function choice(state: SwarmState, rewards: Float64Array, how: 'best' | 'draw'): number {
  const weights = weightsOf(state.particles.map((particle, k) => finished(particle, rewards[k]!)));
  state.ess.push(rounded(effectiveSampleSize(weights)));
  return how === 'draw' ? drawn(weights, uniform(split(state.key, 'choose'), 1)[0]!) : rewards.indexOf(Math.max(...rewards));
}

const rounded = (value: number): number => Number(value.toFixed(2));
