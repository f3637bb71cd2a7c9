import type { Device } from '../engine/types.js';
import type { MethodRecord } from '../run/manifest.js';
import { makeShard, shardSize } from '../shard/shard.js';
import type { ShardMaker } from '../shard/shard-maker.js';
import type { ShardTools } from '../shard/shard-tools.js';
import { makeTools, type PreparedRun } from '../shard/tools.js';

/**
 * Guided diffusion, or the baseline that the config names.
 *
 * @param begun what a run that was begun says of its baseline
 */
export async function shardMaker(
  device: Device,
  run: PreparedRun,
  where: string,
  begun: MethodRecord | undefined,
): Promise<ShardMaker> {
  const { config, plan } = run;
  if (config.method) {
    const { baselineShards } = await import('../baseline/shards.js');
    return baselineShards(device, run, config.method, where, begun);
  }
  let tools: ShardTools | undefined; // nothing is compiled for a run that is finished
  return {
    size: shardSize(config, plan),
    make: (shard, hooks) => makeShard((tools ??= makeTools(device, run)), shard, hooks),
  };
}
