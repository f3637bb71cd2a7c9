import type { Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { DiffusteerError, InputError, Interrupted } from '../base/errors.js';
import { checkConfig } from '../config/index.js';
import { openDevice } from '../engine/devices/open.js';
import type { Device } from '../engine/types.js';
import { manifestOf } from '../generate/manifest-of.js';
import type { Registry } from '../guide/registry.js';
import { prepareRun } from '../plan/prepare.js';
import type { ShardMaker } from '../shard/index.js';
import { openShardsBy } from '../workers/index.js';
import {
  differentFacts,
  factsOf,
  QUEUE,
  type QueuedResult,
  type QueuedRun,
  runKey,
  type ShardData,
  type ShardProgress,
} from './queued-run.js';
import { connectionTo, connectRedis, queuePackages, type RedisServer } from './redis.js';

/** Options of a worker. */
export interface QueueWorkerOptions {
  readonly server: RedisServer;
  /** The guides that runs may use. They are this machine's own: nothing in Redis names code to load. */
  readonly registry: Registry;
  /** CPU threads. */
  readonly threads: number;
  /** Seconds after which the shard of a worker that died goes to another one. */
  readonly stalledAfter: number;
  readonly signal: AbortSignal;
  /** Called with what the worker does, a line for each run and each refusal. */
  onNotice(line: string): void;
}

/** Time between two reports of a shard, ms. */
const REPORT_MS = 500;
/** How long a worker rests after it refused a shard, and the shard waits for another worker, ms. */
const REST_MS = 1_000;
/** Workers that may die on a shard before it is given up. */
const MOST_DEATHS = 4;
const CLOSING_MS = 5_000;

type ShardJob = Job<ShardData, QueuedResult>;

/** A run that this worker has open, or what keeps it from making the run's shards. */
type OpenRun = { readonly device: Device; readonly maker: ShardMaker } | { readonly refuses: readonly string[] };

/**
 * Works on the shards of a queue until the signal is aborted; the shard that is being made then goes back to the queue.
 *
 * @throws DiffusteerError if Redis cannot be used at the start; later the worker waits for it
 */
export async function workQueue(options: QueueWorkerOptions): Promise<void> {
  const { server, stalledAfter, signal } = options;
  const redis = await connectRedis(server, options.onNotice);
  const name = `${hostname()}-${process.pid}`;
  const { bullmq } = await queuePackages();
  const runs = new OpenRuns(options, redis);
  const process_ = async (job: ShardJob, token?: string): Promise<QueuedResult> => {
    const run = await runs.open(job.data.run);
    if ('refuses' in run) {
      await job.updateProgress({ worker: name, refuses: run.refuses } satisfies ShardProgress);
      await job.moveToDelayed(Date.now() + REST_MS, token);
      await sleep(REST_MS, undefined, { signal }).catch(() => undefined);
      throw new bullmq.DelayedError();
    }
    try {
      return await makeShard(run.maker, job, signal);
    } catch (error) {
      if (error instanceof Interrupted) {
        await job.moveToWait(token);
        throw new bullmq.WaitingError();
      }
      if (error instanceof DiffusteerError) throw new bullmq.UnrecoverableError(error.message);
      throw error;
    }
  };
  const worker = new bullmq.Worker<ShardData, QueuedResult>(QUEUE.name, process_, {
    name,
    prefix: QUEUE.prefix,
    connection: connectionTo(server),
    lockDuration: stalledAfter * 1_000,
    stalledInterval: stalledAfter * 1_000,
    maxStalledCount: MOST_DEATHS,
  });
  worker.on('error', () => undefined); // Redis is away, which is told already, or the shard went to another worker
  await aborted(signal);
  await close(worker);
  redis.disconnect();
  await runs.close();
}

/** Lets the shard in work end, but does not wait for a Redis that is away. */
async function close(worker: Worker): Promise<void> {
  const late = new AbortController();
  await Promise.race([worker.close(), sleep(CLOSING_MS, undefined, { signal: late.signal })]).catch(() => undefined);
  late.abort();
  await worker.disconnect().catch(() => undefined);
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

async function makeShard(maker: ShardMaker, job: ShardJob, signal: AbortSignal): Promise<QueuedResult> {
  const { shard, traced } = job.data;
  const begunAt = performance.now();
  let steps = 0;
  let reportedAt = begunAt;
  const onStep = (done: number, of: number): void => {
    steps = of;
    if (performance.now() - reportedAt < REPORT_MS) return;
    reportedAt = performance.now();
    job.updateProgress({ done, of } satisfies ShardProgress).catch(() => undefined); // only a report
  };
  const { lines, traces } = await maker.make(shard, { traced, onStep, signal });
  return { shard, lines, traces: await traces(), ms: Math.round(performance.now() - begunAt), steps };
}

/** The run that the worker makes shards of. Another one takes its place, so that memory is bounded. */
class OpenRuns {
  #current: { readonly hash: string; readonly run: OpenRun } | undefined;

  constructor(
    readonly options: QueueWorkerOptions,
    readonly redis: Redis,
  ) {}

  async open(hash: string): Promise<OpenRun> {
    if (this.#current?.hash === hash) return this.#current.run;
    const text = await this.redis.get(runKey(hash));
    if (text === null) throw new Error('Redis has lost the run of this shard; the command that submitted it sends it again');
    await this.close();
    const run = await this.#open(JSON.parse(text) as QueuedRun).catch(refusal);
    const { onNotice } = this.options;
    onNotice(
      'refuses' in run ? `Refusing a run: ${run.refuses.join('; ')}` : `Working on a run with ${run.maker.size} texts a shard`,
    );
    this.#current = { hash, run };
    return run;
  }

  async close(): Promise<void> {
    const run = this.#current?.run;
    this.#current = undefined;
    if (run && 'device' in run) await run.device.dispose();
  }

  async #open({ config: given, where, method, facts }: QueuedRun): Promise<OpenRun> {
    const { registry, threads } = this.options;
    const config = checkConfig('generate', given, { where });
    const run = await prepareRun(config, registry, where);
    const device = await openDevice(config.device, { ...config, threads });
    try {
      const maker = await (await openShardsBy(run.method !== undefined))(device, run, method);
      const refuses = differentFacts(facts, await factsOf(await manifestOf(device, run, maker.record)));
      if (refuses.length === 0) return { device, maker };
      await device.dispose();
      return { refuses };
    } catch (error) {
      await device.dispose();
      throw error;
    }
  }
}

/** An input that this machine lacks, such as the model, is a reason to refuse a run. */
function refusal(error: unknown): OpenRun {
  if (error instanceof InputError) return { refuses: [error.message] };
  throw error;
}
