import type { GenerateConfig } from '../config/index.js';
import type { Checkpoint } from '../model/checkpoint/checkpoint.js';
import type { Sampler } from '../sampler/sample.js';
import type { Edits } from '../plan/edit.js';
import type { RunGuides } from '../plan/make-guides.js';
import type { Plan } from '../plan/plan.js';
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
