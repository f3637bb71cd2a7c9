import Tinypool from 'tinypool';
import { DiffusteerError, Interrupted } from '../base/errors.js';
import { type Answer, type JobMessage, revivedError, type WorkerMessage } from './messages.js';

export interface PoolOptions {
  /** URL of a module whose default export is a function of `serveTasks`. */
  readonly module: string;
  /** What all tasks have in common, as JSON. */
  readonly job: unknown;
  /** Number of processes. */
  readonly workers: number;
  /** Ends the pool. */
  readonly signal?: AbortSignal | undefined;
}

export interface TaskHooks {
  /** Called with each report of the task. */
  onReport?(report: unknown): void;
}

/** Processes that do tasks. */
export interface Pool<Task, Result> {
  /**
   * Does a task. If its process dies, another one does it again.
   *
   * @param name names the task in messages
   * @throws Interrupted if the pool was ended; a DiffusteerError if the process died twice; whatever the task throws
   */
  run(task: Task, name: string, hooks?: TaskHooks): Promise<Result>;
  /** Ends all processes, whatever they do. */
  close(): Promise<void>;
}

/** Deaths of processes on one task after which it is given up: another process would die too. */
const MOST_DEATHS = 2;

/**
 * Starts processes that share tasks. Each has its own engine, so that one that is killed takes no other with it. They end with this process,
 * in whatever way it ends.
 */
export function openPool<Task, Result>({ module, job, workers, signal }: PoolOptions): Pool<Task, Result> {
  const pool = new Tinypool({
    runtime: 'child_process',
    filename: module,
    minThreads: workers,
    maxThreads: workers,
    // eslint-disable-next-line no-restricted-properties -- handed on unread, since Tinypool would start processes without any
    env: process.env as Record<string, string>,
  });
  pool.on('error', () => undefined); // a process died between two tasks; the next task starts another
  let closing: Promise<void> | undefined;
  const isEnded = (): boolean => closing !== undefined;
  const close = (): Promise<void> => (closing ??= endAll(pool));
  const onAbort = () => void close();
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  return {
    async run(task, name, hooks = {}) {
      for (let deaths = 0; ;) {
        if (isEnded()) throw new Interrupted(`stopped before ${name} was done`);
        const answer = await answerTo<Result>(pool, task, job, hooks);
        if (answer !== undefined && 'result' in answer) return answer.result;
        if (answer !== undefined) throw revivedError(answer.error);
        if (!isEnded() && ++deaths === MOST_DEATHS) throw new DiffusteerError(diedTwice(name));
      }
    },
    close() {
      signal?.removeEventListener('abort', onAbort);
      return close();
    },
  };
}

/** Ends the processes of a pool. They do not keep this process alive, which would end while it waits for one that ends late. */
async function endAll(pool: Tinypool): Promise<void> {
  const alive = setInterval(() => undefined, 1000);
  try {
    await pool.destroy();
  } finally {
    clearInterval(alive);
  }
}

const diedTwice = (name: string): string =>
  `two worker processes died while they worked on ${name}: they were killed, or ran out of memory. What is done is on the disk; ` +
  'the same command resumes. Fewer workers (--set workers=1) or a smaller batchSize need less memory';

/** Returns the answer of a worker process; undefined if it died. */
async function answerTo<Result>(
  pool: Tinypool,
  task: unknown,
  job: unknown,
  { onReport }: TaskHooks,
): Promise<Answer<Result> | undefined> {
  let reply: ((message: JobMessage) => void) | undefined;
  const channel = {
    onMessage: (send: (message: JobMessage) => void) => void (reply = send),
    postMessage(message: WorkerMessage) {
      if ('asks' in message) reply!({ job });
      else onReport?.(message.report);
    },
  };
  return (pool.run(task, { channel }) as Promise<Answer<Result>>).catch(() => undefined);
}
