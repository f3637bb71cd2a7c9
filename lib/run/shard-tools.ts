import type { GenerateConfig } from '../config/index.js';
import type { Checkpoint } from '../model/checkpoint.js';
import type { Sampler } from '../sampler/sample.js';
import type { Edits } from './edit.js';
import type { RunGuides } from './guides.js';
import type { Plan } from './plan.js';
import type { Scorer } from './score.js';

/** All that the shards of a run share. */
export interface ShardTools {
  readonly config: GenerateConfig;
  readonly plan: Plan;
  readonly checkpoint: Checkpoint;
  readonly guides: RunGuides;
  readonly sampler: Sampler;
  readonly scorer: Scorer;
  /** Where the run edits given texts. */
  readonly edits?: Edits | undefined;
}
