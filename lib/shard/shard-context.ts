import type { GenerateConfig } from '../config/index.js';
import type { NextWords } from '../decode/index.js';
import type { Device } from '../engine/types.js';
import { languageModelOf } from '../model/causal/language-model-checkpoint.js';
import type { Plan } from '../plan/plan.js';
import type { PreparedRun } from '../plan/prepare.js';
import { createSampler, type Sampler } from '../sampler/index.js';
import { createNoiser, createRepairer, type Noiser, type Repairer } from './edit.js';
import { type JointFinder, jointFinder } from './joint-texts.js';
import { createScorer, type Scorer } from './score.js';
import { wordSurprisals } from './word-prior.js';
import { createWordTilt, type WordTilt } from './word-tilt.js';

/** The parts that the shards of a run share on a device. */
export interface ShardContext extends PreparedRun {
  readonly device: Device;
  readonly layout: ShardLayout;
  /** Returns the sampler of batches of so many rows. */
  readonly samplerOf: (rows: number) => Sampler;
  readonly scorer: Scorer;
  /** Noises given texts; undefined if the run starts from noise alone. */
  readonly noised?: Noiser | undefined;
  /** Noises texts of the run that further candidates start from; undefined if they start from noise alone. */
  readonly repairer?: Repairer | undefined;
  /** Finds the texts of rows jointly with a language model; undefined if the run decodes otherwise. */
  readonly finder?: JointFinder | undefined;
  /** Lets gradient guides have a say in the words that the finder chooses; undefined if they have none. */
  readonly wordTilt?: WordTilt | undefined;
}

/** Parts of a context that several contexts share. */
export interface SharedParts {
  /** Default: that of the run's config. */
  readonly layout?: ShardLayout;
  /** The language model of joint decoding on the device. Default: made from the run's decoder. */
  readonly language?: NextWords | undefined;
}

/** Returns the context of a run's shards. */
export function createShardContext(device: Device, run: PreparedRun, shared: SharedParts = {}): ShardContext {
  const { config, plan, checkpoint, guides, steps, decoder } = run;
  const { maxTokens, embeddingWidth, vocabularySize } = checkpoint.config;
  const { edit } = config;
  const { layout = shardLayout(config, plan), language = decoder && languageModelOf(device, decoder) } = shared;
  const setup = {
    denoiser: checkpoint.denoiser,
    weights: checkpoint.weights,
    steps,
    ...(decoder && { until: decoder.options.at }),
    temperature: config.sampler.temperature,
    clamp: config.sampler.clamp,
    steering: config.steering,
    guides: guides.latent,
  };
  const samplers = new Map<number, Sampler>();
  const samplerOf = (rows: number): Sampler => {
    const size = { rows, maxTokens, embeddingWidth, vocabularySize };
    if (!samplers.has(rows)) samplers.set(rows, createSampler(device, { ...setup, size }));
    return samplers.get(rows)!;
  };
  const noised = edit && edit.noise < 1 ? createNoiser(device, checkpoint, steps[0]!.alphaBar) : undefined;
  const repair = decoder?.options.repair;
  const repairer = repair === undefined ? undefined : createRepairer(device, checkpoint, steps, repair);
  const scorer = createScorer(device, checkpoint, guides);
  const heed = decoder?.options.gradients;
  const wordTilt = heed === undefined ? undefined : createWordTilt(device, checkpoint, guides, heed);
  const { prior = 0, rarity = 0, echo = 0 } = decoder?.options ?? {};
  const surprisalsOf = prior > 0 || rarity > 0 || echo > 0 ? () => wordSurprisals(device, checkpoint) : undefined;
  const finder = decoder && jointFinder(language!, checkpoint.tokenizer.vocabulary, decoder.options, surprisalsOf);
  return { ...run, device, layout, samplerOf, scorer, noised, repairer, finder, wordTilt };
}

/** How the texts of a run are divided into shards. */
export interface ShardLayout {
  /** Most rows that one text is chosen from: candidates of decoding, or trajectories. */
  readonly candidates: number;
  /** Rows of a text in its first batch: all its candidates, or one if further ones are sampled only for texts that need them. */
  readonly rowsPerText: number;
  /** Whether candidates are sampled in turn until one is good enough. */
  readonly inTurn: boolean;
  /** Texts per shard; the last may have fewer. */
  readonly texts: number;
  /** Rows of a batch: at least those of one text. */
  readonly rows: number;
  readonly shards: number;
}

/** Returns how the texts of a run are divided into shards. */
export function shardLayout({ batchSize, decode, particles }: GenerateConfig, { guides, items }: Plan): ShardLayout {
  const isSteeredByParticles = guides.some(({ via }) => via === 'particles');
  const ofDecoding = 'candidates' in decode ? decode.candidates : 1;
  const candidates = isSteeredByParticles ? particles.count : ofDecoding;
  const inTurn = !isSteeredByParticles && decode.name === 'joint' && decode.enough !== undefined;
  const rowsPerText = inTurn ? 1 : candidates;
  const texts = Math.max(1, Math.floor(batchSize / rowsPerText));
  return {
    candidates,
    rowsPerText,
    inTurn,
    texts,
    rows: Math.max(batchSize, rowsPerText),
    shards: Math.ceil(items.length / texts),
  };
}
