import type { MethodRecord } from '../run/manifest.js';
import type { MadeShard, ShardHooks } from './shard.js';

/** Makes the texts of a run, shard by shard. */
export interface ShardMaker {
  /** Texts of a shard; the last may have fewer. */
  readonly size: number;
  /** What the run says of the baseline that makes its texts; absent where guided diffusion does. */
  readonly record?: MethodRecord;
  make(shard: number, hooks?: ShardHooks): Promise<MadeShard>;
}
