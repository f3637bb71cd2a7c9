import { InputError } from '../base/errors.js';
import type { GenerateConfig } from '../config/index.js';
import { type Registry, sourceOf } from '../guide/registry.js';
import type { Manifest } from '../run/manifest.js';
import type { TimedShard } from '../run/shard-order.js';
import type { ShardHooks, ShardMaker } from '../shard/index.js';
import { openShardPool, type ShardJob, type ShardPool } from '../workers/index.js';

/** Those who make the shards of a run: this process, worker processes, or workers on other machines. */
export interface Crew {
  /** Number of shards that are made at the same time. */
  readonly lanes: number;
  /** @throws Interrupted; a DiffusteerError that names the shard if it cannot be made */
  make(shard: number, hooks: Pick<ShardHooks, 'traced' | 'onStep'>): Promise<TimedShard>;
  /** Ends the work on shards that are being made. */
  stop(): Promise<void>;
}

/** What a crew is told of its run. */
export interface CrewWork {
  readonly job: ShardJob;
  readonly manifest: Manifest;
  /** Numbers of the shards to make. */
  readonly unfinished: readonly number[];
  readonly signal: AbortSignal | undefined;
}

/** A crew that is not of this machine. */
export interface RemoteCrew {
  open(work: CrewWork): Promise<Crew>;
}

/** A crew of this process alone. @param open opens the maker of shards; a finished run needs none */
export function ownCrew(open: () => Promise<ShardMaker>, signal: AbortSignal | undefined): Crew {
  let maker: ShardMaker | undefined;
  return {
    lanes: 1,
    async make(shard, hooks) {
      maker ??= await open();
      const begunAt = performance.now();
      const { lines, traces } = await maker.make(shard, { ...hooks, signal });
      return { shard, lines, traces, ms: Math.round(performance.now() - begunAt) };
    },
    stop: () => Promise.resolve(),
  };
}

/** A crew of worker processes. */
export function workerCrew({ job, signal }: CrewWork, workers: number): Crew {
  const pool: ShardPool = openShardPool(job, { workers, signal });
  return {
    lanes: workers,
    async make(shard, hooks) {
      const { traces, ...made } = await pool.make(shard, hooks);
      return { ...made, traces: () => Promise.resolve(traces) };
    },
    stop: () => pool.close(),
  };
}

/**
 * Returns what other processes need to make shards of a run.
 *
 * @throws InputError if they cannot open its guides
 */
export function shardJob(
  config: GenerateConfig,
  registry: Registry,
  where: string,
  { threads, method }: Pick<Manifest, 'threads' | 'method'>,
): ShardJob {
  const guides = sourceOf(registry);
  if (guides) return { config, where, guides, threads, method };
  const message =
    'expected 1: other processes cannot open guides that a program put together; pass the guides of `guidesWith` or `loadPlugins`';
  throw new InputError(where, [{ path: '/workers', message }]);
}
