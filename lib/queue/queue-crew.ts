import type { Queue, QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import { DiffusteerError, Interrupted } from '../base/errors.js';
import type { Crew, CrewWork, RemoteCrew } from '../generate/index.js';
import { isFinished } from '../run/kept-shards.js';
import type { TimedShard } from '../run/shard-order.js';
import {
  QUEUE,
  type QueuedResult,
  type QueuedRun,
  queuedRun,
  runKey,
  type ShardData,
  shardId,
  type ShardProgress,
} from './queued-run.js';
import { connectionTo, connectRedis, queuePackages, type RedisServer } from './redis.js';

/** Options of a run whose shards go to a queue. */
export interface QueueCrewOptions {
  readonly server: RedisServer;
  /** From 1: shards with a lower number come first. */
  readonly priority: number;
  /** Called with what a user should know meanwhile: no worker is there, a worker refuses the run, Redis is away. */
  onNotice(line: string): void;
}

/** Most shards of a run in the queue at a time. */
const MOST_QUEUED = 4_000;
/** Time between two looks at shards, ms: events say what happens, but some are lost if Redis restarts. */
const LOOK_MS = 2_000;
/** Most shards of a look, from the first that the run waits for: each costs Redis and this process a request. */
const MOST_LOOKED = 32;
/** Every so many looks take in all shards. */
const ALL_EVERY = 15;
/** A run, and results that nobody fetched, stay in Redis for a day. */
const KEPT_SECONDS = 86_400;
const ATTEMPTS = 4;
const CLOSING_MS = 3_000;

type ShardHooks = Parameters<Crew['make']>[1];

interface Waiting {
  readonly data: ShardData;
  readonly hooks: ShardHooks;
  /** Steps that the worker reported. */
  steps: number;
  resolve(made: TimedShard): void;
  reject(error: Error): void;
}

/** Returns a crew of the workers on a queue, wherever they run. */
export const queueCrew = (options: QueueCrewOptions): RemoteCrew => ({
  async open({ job, manifest, unfinished, signal }: CrewWork): Promise<Crew> {
    const { run, hash } = await queuedRun(job.config, job.where, manifest);
    const redis = await connectRedis(options.server, options.onNotice);
    const { Queue, QueueEvents } = (await queuePackages()).bullmq;
    const connection = connectionTo(options.server);
    const queue = new Queue(QUEUE.name, { prefix: QUEUE.prefix, connection, streams: { events: { maxLen: MOST_QUEUED } } });
    const events = new QueueEvents(QUEUE.name, { prefix: QUEUE.prefix, connection });
    const crew = new QueueCrew(options, { redis, queue, events, run, hash }, Math.min(unfinished.length, MOST_QUEUED));
    await crew.begin(signal);
    return crew;
  },
});

interface QueueParts {
  readonly redis: Redis;
  readonly queue: Queue;
  readonly events: QueueEvents;
  readonly run: QueuedRun;
  readonly hash: string;
}

class QueueCrew implements Crew {
  readonly #waiting = new Map<string, Waiting>();
  /** Shards whose results were not taken, also when nobody waits any more. */
  readonly #queued = new Set<string>();
  /** What each worker that refuses the run says. */
  readonly #refusals = new Map<string, string>();
  readonly #noticed = new Set<string>();
  #looks = 0;
  #ended: Error | undefined;
  #timer: NodeJS.Timeout | undefined;
  #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#end(new Interrupted('stopped before all shards were done'));

  constructor(
    readonly options: QueueCrewOptions,
    readonly parts: QueueParts,
    readonly lanes: number,
  ) {}

  async begin(signal: AbortSignal | undefined): Promise<void> {
    const { queue, events } = this.parts;
    queue.on('error', () => undefined); // the connection for runs says so once
    events.on('error', () => undefined);
    events.on('progress', ({ jobId, data }) => this.#progress(jobId, data as ShardProgress));
    events.on('completed', ({ jobId }) => void this.#settle(jobId));
    events.on('failed', ({ jobId }) => void this.#settle(jobId));
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (signal?.aborted) this.#onAbort();
    await Promise.all([events.waitUntilReady(), this.#keepRun()]);
    this.#lookLater();
  }

  make(shard: number, hooks: ShardHooks): Promise<TimedShard> {
    if (this.#ended) return Promise.reject(this.#ended);
    const data: ShardData = { run: this.parts.hash, shard, traced: hooks.traced ?? 0 };
    return new Promise((resolve, reject) => {
      this.#queued.add(shardId(data));
      this.#waiting.set(shardId(data), { data, hooks, steps: 0, resolve, reject });
      void this.#submit(data);
    });
  }

  async stop(): Promise<void> {
    const { redis, queue, events } = this.parts;
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#end(new Interrupted('stopped before all shards were done'));
    // a worker that has begun one of these finishes it, and the result waits for the run to be resumed
    const removed = Promise.all([...this.#queued].map((id) => queue.remove(id).catch(() => 0)));
    await within(CLOSING_MS, removed);
    await within(CLOSING_MS, Promise.all([queue.close(), events.close()]));
    await Promise.all([queue.disconnect(), events.disconnect()].map((closed) => closed.catch(() => undefined)));
    redis.disconnect();
  }

  #end(error: Error): void {
    this.#ended ??= error;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }

  async #keepRun(): Promise<void> {
    const { redis, run, hash } = this.parts;
    if ((await redis.expire(runKey(hash), KEPT_SECONDS)) === 1) return;
    await redis.set(runKey(hash), JSON.stringify(run), 'EX', KEPT_SECONDS);
  }

  /** Adds a shard; one that is in the queue already, or whose result waits there, stays as it is. */
  async #submit(data: ShardData): Promise<void> {
    const { queue } = this.parts;
    const jobId = shardId(data);
    try {
      if ((await queue.getJobState(jobId)) === 'failed') await queue.remove(jobId); // of an earlier attempt at the run
      await queue.add('shard', data, {
        jobId,
        priority: this.options.priority,
        attempts: ATTEMPTS,
        backoff: { type: 'exponential', delay: 1_000 },
        removeOnComplete: { age: KEPT_SECONDS },
        removeOnFail: { age: KEPT_SECONDS },
      });
      if ((await queue.getJobState(jobId)) === 'completed') await this.#settle(jobId);
    } catch {
      return; // the next look adds it again
    }
  }

  #progress(id: string, progress: ShardProgress): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    if ('done' in progress) {
      waiting.steps = progress.done;
      return waiting.hooks.onStep?.(progress.done, progress.of);
    }
    const refusal = `worker ${progress.worker} refuses this run: ${progress.refuses.join('; ')}`;
    this.#refusals.set(progress.worker, refusal);
    this.#notice(refusal);
  }

  /** Takes the result of a shard if it is finished; adds a shard that Redis has lost. */
  async #settle(id: string): Promise<void> {
    const { queue } = this.parts;
    try {
      const state = await queue.getJobState(id);
      const waiting = this.#waiting.get(id);
      if (!waiting) return;
      if (state === 'unknown') return await this.#submit(waiting.data);
      if (state !== 'completed' && state !== 'failed') return;
      const job = await queue.getJob(id);
      if (!job || !this.#waiting.delete(id)) return; // another look took it
      this.#queued.delete(id);
      if (state === 'failed') waiting.reject(failure(waiting.data.shard, job.failedReason));
      else this.#take(waiting, job.returnvalue);
      await job.remove();
    } catch {
      return; // Redis is away; the next look tries again
    }
  }

  #take({ data, hooks, steps: reported, resolve, reject }: Waiting, value: unknown): void {
    if (!isFinished(value) || value.shard !== data.shard)
      return reject(new DiffusteerError(`shard ${data.shard} came back from the queue damaged`));
    const { steps, traces, ...made } = value as QueuedResult;
    if (steps > reported) hooks.onStep?.(steps, steps);
    resolve({ ...made, traces: () => Promise.resolve(traces) });
  }

  #lookLater(): void {
    if (this.#ended) return;
    this.#timer = setTimeout(() => void this.#look().finally(() => this.#lookLater()), LOOK_MS);
  }

  async #look(): Promise<void> {
    try {
      await this.#keepRun();
      const most = ++this.#looks % ALL_EVERY === 0 ? Infinity : MOST_LOOKED;
      await Promise.all([...this.#waiting.keys()].slice(0, most).map((id) => this.#settle(id)));
      await this.#lookAtWorkers();
    } catch {
      return; // Redis is away
    }
  }

  /** Says that no worker is there; ends the run if each that is there refuses it. */
  async #lookAtWorkers(): Promise<void> {
    const workers = (await this.parts.queue.getWorkers()).map(({ rawname }) => rawname ?? '');
    if (workers.length === 0) return this.#notice('no worker is at the queue; start some with: diffusteer worker --queue REDIS');
    const refusals = workers.map((name) => [...this.#refusals].find(([id]) => name.endsWith(`:w:${id}`))?.[1]);
    if (!refusals.every((refusal) => refusal !== undefined)) return;
    this.#end(new DiffusteerError(`every worker at the queue refuses this run:\n${refusals.join('\n')}`));
  }

  #notice(line: string): void {
    if (this.#noticed.has(line)) return;
    this.#noticed.add(line);
    this.options.onNotice(line);
  }
}

const failure = (shard: number, reason: string): DiffusteerError =>
  /stalled/.test(reason)
    ? new DiffusteerError(`several workers died while they worked on shard ${shard}: they were killed, or ran out of memory`)
    : new DiffusteerError(`shard ${shard}: ${reason}`);

/** Waits for a promise, but not for longer than a time. */
async function within(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([promise.catch(() => undefined), late]);
  clearTimeout(timer);
}
