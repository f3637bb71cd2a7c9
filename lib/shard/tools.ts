import type { GenerateConfig } from '../config/index.js';
import type { Device } from '../engine/types.js';
import type { Checkpoint } from '../model/checkpoint/checkpoint.js';
import { createNoiser, type GivenText, stepsFrom } from '../plan/edit.js';
import type { RunGuides } from '../plan/make-guides.js';
import type { Plan } from '../plan/plan.js';
import { reverseStepsOf } from '../plan/run-steps.js';
import { createSampler } from '../sampler/sample.js';
import { createScorer } from './score.js';
import type { ShardTools } from './shard-tools.js';
import { batchRows } from './shard.js';

/** A run that is checked and ready to make texts. */
export interface PreparedRun {
  readonly config: GenerateConfig;
  readonly checkpoint: Checkpoint;
  readonly plan: Plan;
  readonly guides: RunGuides;
  /** One a target, where the run edits. */
  readonly given?: readonly GivenText[] | undefined;
}

/** What the shards of a run share on a device. */
export function makeTools(device: Device, { config, plan, checkpoint, guides, given }: PreparedRun): ShardTools {
  const { maxTokens, embeddingWidth, vocabularySize } = checkpoint.config;
  const { edit } = config;
  const all = reverseStepsOf(config, checkpoint.config, 'config');
  const levels = edit ? stepsFrom(all, edit.noise) : all;
  const noised = edit && edit.noise < 1 ? createNoiser(device, checkpoint, levels[0]!.alphaBar) : undefined;
  const sampler = createSampler(device, {
    denoiser: checkpoint.denoiser,
    weights: checkpoint.weights,
    size: { rows: batchRows(config, plan), maxTokens, embeddingWidth, vocabularySize },
    levels,
    temperature: config.sampler.temperature,
    clamp: config.sampler.clamp,
    steering: config.steering,
    guides: guides.latent,
  });
  const edits = given && { texts: given, noised };
  return { config, plan, checkpoint, guides, sampler, scorer: createScorer(device, checkpoint, guides), edits };
}
