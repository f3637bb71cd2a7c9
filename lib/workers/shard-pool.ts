import type { FinishedShard } from '../run/kept-shards.js';
import type { ShardHooks } from '../shard/index.js';
import { openPool, type PoolOptions } from './pool.js';
import type { ShardJob, ShardReport, ShardTask } from './shard-worker.js';

/** Makes the shards of a run in worker processes. */
export interface ShardPool {
  /** @throws as `Pool.run` */
  make(shard: number, hooks: Pick<ShardHooks, 'traced' | 'onStep'>): Promise<FinishedShard>;
  /** Ends all processes. */
  close(): Promise<void>;
}

/** Starts worker processes for the shards of a run. */
export function openShardPool(job: ShardJob, options: Pick<PoolOptions, 'workers' | 'signal'>): ShardPool {
  const module = new URL('./shard-worker.js', import.meta.url).href;
  const pool = openPool<ShardTask, FinishedShard>({ ...options, module, job });
  return {
    make: (shard, { traced = 0, onStep }) =>
      pool.run({ shard, traced }, `shard ${shard}`, {
        onReport(report) {
          const { done, of } = report as ShardReport;
          onStep?.(done, of);
        },
      }),
    close: () => pool.close(),
  };
}
