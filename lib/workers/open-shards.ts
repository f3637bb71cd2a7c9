import type { Device } from '../engine/types.js';
import type { PreparedRun } from '../plan/prepare.js';
import type { MethodRecord } from '../run/manifest.js';
import { createShardContext, makeShard, type ShardContext, shardLayout, type ShardMaker } from '../shard/index.js';

/**
 * Opens the maker of the texts of a run.
 *
 * @param begun the record of the method in the manifest of a run that is resumed
 */
export type OpenShards = (device: Device, run: PreparedRun, begun: MethodRecord | undefined) => Promise<ShardMaker>;

/** Returns guided diffusion or the baselines, which are loaded only if a run needs them. */
export const openShardsBy = async (isBaseline: boolean): Promise<OpenShards> =>
  isBaseline ? (await import('../baseline/shards.js')).baselineShards : diffusionShards;

const diffusionShards: OpenShards = (device, run) => {
  let context: ShardContext | undefined; // a finished run compiles nothing
  return Promise.resolve({
    size: shardLayout(run.config, run.plan).texts,
    make: (shard, hooks) => makeShard((context ??= createShardContext(device, run)), shard, hooks),
  });
};
