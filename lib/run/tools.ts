import type { GenerateConfig } from '../config/index.js';
import type { Device } from '../engine/types.js';
import type { Checkpoint } from '../model/checkpoint.js';
import { createSampler } from '../sampler/sample.js';
import type { RunGuides } from './guides.js';
import { levelsOf } from './levels.js';
import type { Plan } from './plan.js';
import { createScorer } from './score.js';
import { batchRows, type ShardTools } from './shard.js';

/** A run that is checked and ready to make texts. */
export interface PreparedRun {
  readonly config: GenerateConfig;
  readonly checkpoint: Checkpoint;
  readonly plan: Plan;
  readonly guides: RunGuides;
}

/** What the shards of a run share on a device. */
export function makeTools(device: Device, { config, plan, checkpoint, guides }: PreparedRun): ShardTools {
  const { maxTokens, embeddingWidth, vocabularySize } = checkpoint.config;
  const sampler = createSampler(device, {
    denoiser: checkpoint.denoiser,
    weights: checkpoint.weights,
    size: { rows: batchRows(config, plan), maxTokens, embeddingWidth, vocabularySize },
    levels: levelsOf(config, checkpoint.config, 'config'),
    temperature: config.sampler.temperature,
    clamp: config.sampler.clamp,
    steering: config.steering,
    guides: guides.latent,
  });
  return { config, plan, checkpoint, guides, sampler, scorer: createScorer(device, checkpoint, guides) };
}
