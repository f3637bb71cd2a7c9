import type { GenerateConfig } from '../config/index.js';
import { openDevice } from '../engine/devices/open.js';
import type { RegistrySource } from '../guide/registry.js';
import { prepareRun } from '../plan/prepare.js';
import { openPlugins } from '../plugins/load.js';
import type { FinishedShard } from '../run/kept-shards.js';
import type { MethodRecord } from '../run/manifest.js';
import { openShardsBy } from './open-shards.js';
import { serveTasks } from './serve-tasks.js';

/** A run whose shards workers make. */
export interface ShardJob {
  readonly config: GenerateConfig;
  /** The config's file, for messages. */
  readonly where: string;
  readonly guides: RegistrySource;
  /** CPU threads of each worker. */
  readonly threads: number;
  /** The record of the run's baseline; absent for guided diffusion. */
  readonly method?: MethodRecord | undefined;
}

export interface ShardTask {
  readonly shard: number;
  /** Number of the shard's texts to trace, from the first. */
  readonly traced: number;
}

/** Reverse steps of the shard, of all its texts together. */
export interface ShardReport {
  readonly done: number;
  readonly of: number;
}

export default serveTasks<ShardTask, FinishedShard>(async (job) => {
  const { config, where, guides, threads, method } = job as ShardJob;
  const run = await prepareRun(config, (await openPlugins(guides)).guides, where);
  const device = await openDevice(config.device, { ...config, threads });
  const openShards = await openShardsBy(run.method !== undefined);
  const maker = await openShards(device, run, method);
  return async ({ shard, traced }, report) => {
    const onStep = (done: number, of: number): void => report({ done, of } satisfies ShardReport);
    const begunAt = performance.now();
    const { lines, traces } = await maker.make(shard, { traced, onStep });
    const ms = Math.round(performance.now() - begunAt);
    return { shard, lines, traces: await traces(), ms };
  };
});
