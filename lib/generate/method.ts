import type { Device } from '../engine/types.js';
import type { PreparedRun } from '../plan/prepare.js';
import type { MethodRecord } from '../run/manifest.js';
import { createShardContext, type ShardContext, shardLayout } from '../shard/shard-context.js';
import { makeShard, type ShardMaker } from '../shard/shard.js';

/**
 * Guided diffusion, or the baseline that the config names.
 *
 * @param begun what a run that was begun says of its baseline
 */
export async function shardMaker(device: Device, run: PreparedRun, begun: MethodRecord | undefined): Promise<ShardMaker> {
  const { config, plan, method } = run;
  if (method) {
    const { baselineShards } = await import('../baseline/shards.js');
    return baselineShards(device, run, method, begun);
  }
  let context: ShardContext | undefined; // nothing is compiled for a run that is finished
  return {
    size: shardLayout(config, plan).texts,
    make: (shard, hooks) => makeShard((context ??= createShardContext(device, run)), shard, hooks),
  };
}
