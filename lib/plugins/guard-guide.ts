import type { HostTensors } from '../engine/types.js';
import { breach, calling, callingAsync, type Party } from '../guide/breach.js';
import type {
  GradientGuide,
  Guide,
  GuideContext,
  ModelInfo,
  ParticlesGuide,
  PosteriorGuide,
  ProjectGuide,
  TokenReward,
  Via,
} from '../guide/contract.js';
import { slopeProblem } from '../guide/tilt.js';
import { shown } from './exports.js';
import { factorsProblem } from './guard-factors.js';
import { inputProblems, inputSignature, ofShape } from './guard-inputs.js';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/** The functions that a guide of a place has. */
const FUNCTIONS: Readonly<Record<Via, readonly string[]>> = {
  posterior: ['factors'],
  gradient: ['encode', 'logProb'],
  'x0-gradient': ['encode', 'logProb'],
  project: ['encode', 'project'],
  particles: ['reward'],
};

/** Errors: an InputError where `create` did not give a guide of the place. */
export function guardedGuide(found: unknown, { via, model }: GuideContext, party: Party): Guide<unknown> {
  if (!isRecord(found) || found['via'] !== via)
    throw breach(party, 'create', `must return a guide with via: '${via}', which the config asks for, got ${shown(found)}`);
  const missing = FUNCTIONS[via].filter((name) => typeof found[name] !== 'function');
  if (missing.length > 0)
    throw breach(
      party,
      'create',
      `must return the functions ${FUNCTIONS[via].join(' and ')} for ${via}, lacks ${missing.join(' and ')}`,
    );
  const guide = found as unknown as Guide<unknown>;
  if (guide.via === 'posterior') return guardedPosterior(guide, model, party);
  if (guide.via === 'particles') return guardedParticles(guide, party);
  return guide.via === 'project' ? guardedProject(guide, party) : guardedGradient(guide, party);
}

function guardedPosterior(guide: PosteriorGuide<unknown>, model: ModelInfo, party: Party): PosteriorGuide<unknown> {
  return {
    via: guide.via,
    ...guardedReading(guide, party),
    factors(options) {
      const factors = calling(party, 'factors', () => guide.factors(options));
      const problem = factorsProblem(factors, model);
      if (problem !== undefined) throw breach(party, 'factors', `must ${problem}`);
      const { reward } = factors;
      return reward ? { ...factors, reward: guardedReward(reward, party) } : factors;
    },
  };
}

const guardedReward =
  (reward: TokenReward, party: Party): TokenReward =>
  (probs) => {
    const found = calling(party, 'factors.reward', () => reward(probs));
    const problem = slopeProblem(found, probs.length);
    if (problem !== undefined) throw breach(party, 'factors.reward', `must return ${problem}`);
    return found;
  };

/** What a guide reads beside its options. */
function guardedReading(guide: PosteriorGuide<unknown> | ParticlesGuide<unknown>, party: Party) {
  const { open, files } = guide;
  return {
    ...(open && { open: (rows: readonly unknown[]) => callingAsync(party, 'open', () => open.call(guide, rows)) }),
    ...(files && { files: (rows: readonly unknown[]) => calling(party, 'files', () => files.call(guide, rows)) }),
  };
}

function guardedProject(guide: ProjectGuide<unknown>, party: Party): ProjectGuide<unknown> {
  return {
    via: guide.via,
    encode: guardedEncode((rows) => guide.encode(rows), party),
    project(x0, ...rest) {
      const found: unknown = calling(party, 'project', () => guide.project(x0, ...rest));
      return ofShape(found, x0.shape, 'project', 'predicted x_0 with values written into it, [B, L, D]', party);
    },
  };
}

function guardedParticles(guide: ParticlesGuide<unknown>, party: Party): ParticlesGuide<unknown> {
  return {
    via: guide.via,
    ...guardedReading(guide, party),
    async reward(texts, rows) {
      const found: unknown = await callingAsync(party, 'reward', async () => guide.reward(texts, rows));
      if (isNumbers(found, texts.length)) return found;
      throw breach(party, 'reward', `must return a number for each of ${texts.length} texts, nats, got ${shown(found)}`);
    },
  };
}

const isNumbers = (found: unknown, count: number): found is number[] =>
  Array.isArray(found) &&
  found.length === count &&
  found.every((value) => typeof value === 'number' && !Number.isNaN(value) && value < Infinity);

function guardedGradient(guide: GradientGuide<unknown>, party: Party): GradientGuide<unknown> {
  return {
    via: guide.via,
    encode: guardedEncode((rows) => guide.encode(rows), party),
    logProb(z, ...rest) {
      const found: unknown = calling(party, 'logProb', () => guide.logProb(z, ...rest));
      return ofShape(found, [z.shape[0]!], 'logProb', 'one log-probability a row, [B]', party);
    },
  };
}

type Encode<O> = (rows: readonly (O | null)[]) => Record<string, HostTensors[string]>;

/** The graph is recorded for the inputs of the first batch: all batches have the same, but for the rows. */
function guardedEncode<O>(encode: Encode<O>, party: Party): Encode<O> {
  let first: string | undefined;
  return (rows) => {
    const found: unknown = calling(party, 'encode', () => encode(rows));
    const problems = inputProblems(found, rows.length);
    if (problems.length > 0)
      throw breach(party, 'encode', `must return tensors whose first axis is the row: ${problems.join('; ')}`);
    const inputs = found as HostTensors;
    const signature = inputSignature(inputs);
    first ??= signature;
    if (signature !== first)
      throw breach(
        party,
        'encode',
        `must return tensors of the same names, types and shapes for every batch, first ${first}, now ${signature}`,
      );
    return { ...inputs };
  };
}
