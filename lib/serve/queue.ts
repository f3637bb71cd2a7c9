import { Interrupted } from '../base/errors.js';
import { keyOf, seedOf, split } from '../base/random.js';
import type { PreparedRun } from '../plan/prepare.js';
import type { SampleLine } from '../run/sample-line.js';
import type { RunStep } from '../sampler/index.js';
import {
  type BatchTexts,
  makeTexts,
  type PredictionHooks,
  reportSteps,
  shardLayout,
  type ShardText,
  textsOfShard,
} from '../shard/index.js';
import type { ChosenCandidate, StepText } from './api.js';
import { batchKey, type WarmContexts } from './warm.js';

/** A finished text, and the candidate that became it, if several were sampled. */
export interface FinishedLine {
  readonly line: SampleLine;
  readonly chosen: ChosenCandidate | undefined;
}

/** The texts of a request in the queue. */
export interface Job {
  readonly run: PreparedRun;
  /** Texts that no batch has taken yet. */
  waiting: ShardText[];
  /** Whether its texts may share batches with those of other requests. If not, each batch is a shard of its run. */
  readonly shares: boolean;
  readonly signal: AbortSignal;
  /** Whether any steps are to be reported. */
  readonly reportsSteps: boolean;
  /** Returns how many probable words per position to report after a step; undefined to report nothing. */
  wanted(step: RunStep): number | undefined;
  onStart(): void;
  onPredicted(step: RunStep, texts: readonly StepText[]): void;
  /** Called with texts that are finished. */
  onLines(lines: readonly FinishedLine[]): void;
  onError(error: unknown): void;
}

/** Sizes of batches. A device compiles programs for each, and the time of a step grows with the rows. */
const SIZES = [4, 8, 16, 32] as const;
const LARGEST = 32;
/** Most batches at once, whose steps take turns: a new request starts while older ones run. */
const AT_ONCE = 3;

/**
 * Runs the texts of many requests in batches. Requests take turns, and each batch is filled with a text of every request that agrees with
 * the first one (`batchKey`), then with a second text of each, and so on.
 */
export class TextQueue {
  /** In the order of their turns. */
  #jobs: Job[] = [];
  #free = AT_ONCE;
  readonly #waiters: (() => void)[] = [];

  constructor(private readonly contexts: WarmContexts) {}

  /** Number of requests that have texts in no batch yet. */
  get waiting(): number {
    return this.#jobs.length;
  }

  add(job: Job): void {
    this.#jobs.push(job);
    job.signal.addEventListener('abort', () => this.#drop(job), { once: true });
    this.#pump();
  }

  /** Calls `work` when there is room for another batch. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiters.push(resolve));
    else this.#free--;
    try {
      return await work();
    } finally {
      const next = this.#waiters.shift();
      if (next) next();
      else this.#free++;
      this.#pump();
    }
  }

  /** Resolves when no batch runs. Jobs that wait are dropped. */
  async idle(): Promise<void> {
    this.#jobs = [];
    while (this.#free < AT_ONCE) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  #drop(job: Job): void {
    this.#jobs = this.#jobs.filter((one) => one !== job);
  }

  /** Starts batches while there is room. */
  #pump(): void {
    while (this.#free > 0 && this.#waiters.length === 0 && this.#jobs.length > 0) {
      const batch = this.#nextBatch();
      void this.use(() => this.#run(batch));
    }
  }

  /** Takes the texts of the next batch from their jobs, and lets the others go first next time. */
  #nextBatch(): TakenTexts {
    const [first] = this.#jobs as [Job, ...Job[]];
    const taken = first.shares ? shared(this.#jobs) : wholeShard(first);
    const served = new Set(taken.jobs.keys());
    const left = [...served].filter(({ waiting }) => waiting.length > 0);
    this.#jobs = [...this.#jobs.filter((job) => !served.has(job)), ...left];
    return taken;
  }

  async #run(taken: TakenTexts): Promise<void> {
    const jobs = [...taken.jobs.keys()];
    const stop = new AbortController();
    const onAbort = () => jobs.every(({ signal }) => signal.aborted) && stop.abort();
    jobs.forEach(({ signal }) => signal.addEventListener('abort', onAbort));
    onAbort();
    try {
      await this.#make(taken, stop.signal);
    } catch (error) {
      if (error instanceof Interrupted && stop.signal.aborted) return;
      if (jobs.length === 1) return jobs[0]!.onError(error);
      for (const [job, texts] of taken.jobs) await this.#run(alone(job, texts)); // only one of them is to blame
    } finally {
      jobs.forEach(({ signal }) => signal.removeEventListener('abort', onAbort));
    }
  }

  async #make({ jobs, batch, rows }: TakenTexts, signal: AbortSignal): Promise<void> {
    const owned = [...jobs].flatMap(([job, texts]) => texts.map((text) => ({ job, text, candidate: 0 })));
    const lines = await this.contexts.use(batch.texts[0]!.run, rows, async (context) => {
      [...jobs.keys()].forEach((job) => job.onStart());
      return (await makeTexts(context, batch, { signal, predictions: reportsTo(owned) })).lines;
    });
    const finished = lines.map((line, text) => ({ line, chosen: chosenCandidate(owned[text]!.text, line) }));
    await this.#reportChosen(owned.map((one, text) => ({ ...one, candidate: finished[text]!.chosen?.candidate ?? 0 })), signal); // prettier-ignore
    for (const job of jobs.keys()) job.onLines(finished.filter((_, text) => owned[text]!.job === job));
  }

  /** Samples the chosen candidates again of which no steps were reported. */
  async #reportChosen(owned: readonly OwnedText[], signal: AbortSignal): Promise<void> {
    // A candidate that repairs an earlier one cannot be made again by itself.
    const canMake = ({ run, shares, reportsSteps, signal }: Job) =>
      shares && reportsSteps && run.decoder?.options.repair === undefined && !signal.aborted;
    const unseen = owned.filter(({ job, candidate }) => candidate > 0 && canMake(job));
    if (unseen.length === 0) return;
    const texts = unseen.map(({ text, candidate }) => ({ ...text, keys: [text.keys[candidate]!] }));
    const rows = sizeFor(texts.length);
    const batch = { texts, filler: fillerKeys(rows - texts.length) };
    await this.contexts.use(texts[0]!.run, rows, (context) =>
      reportSteps(context, batch, { signal, predictions: reportsTo(unseen) }),
    );
  }
}

/** A text of a batch, the job that it belongs to, and the candidate that is sampled for it. */
interface OwnedText {
  readonly job: Job;
  readonly text: ShardText;
  readonly candidate: number;
}

/** Returns hooks that report the texts of a batch to their jobs. */
const reportsTo = (owned: readonly OwnedText[]): PredictionHooks => ({
  wanted(text, step) {
    const { job } = owned[text]!;
    return job.signal.aborted ? undefined : job.wanted(step);
  },
  onPredicted(step, texts) {
    for (const job of new Set(owned.map((one) => one.job))) {
      const own = [...texts].filter(([text]) => owned[text]!.job === job);
      if (own.length > 0) job.onPredicted(step, own.map(([text, predicted]) => ({ ...predicted, candidate: owned[text]!.candidate }))); // prettier-ignore
    }
  },
});

/** Returns which candidate became a line: the one with its seed; undefined if only one could be sampled. */
function chosenCandidate({ keys }: ShardText, { seed, chosen }: SampleLine): ChosenCandidate | undefined {
  if (keys.length === 1) return undefined;
  return { candidate: keys.findIndex((key) => seedOf(key) === seed), of: chosen?.of ?? keys.length };
}

/** The texts of a batch by their jobs, in the order of the batch. */
interface TakenTexts {
  readonly jobs: ReadonlyMap<Job, readonly ShardText[]>;
  readonly batch: BatchTexts;
  readonly rows: number;
}

/** Fills a batch from the first job and those that agree with it, one text of each in turn. */
function shared(jobs: readonly Job[]): TakenTexts {
  const [first] = jobs as [Job, ...Job[]];
  const key = agreementOf(first);
  const agreeing = jobs.filter((job) => job.shares && agreementOf(job) === key);
  const { rowsPerText } = shardLayout(first.run.config, first.run.plan);
  const most = Math.max(1, Math.floor(LARGEST / rowsPerText));
  const taken = new Map<Job, ShardText[]>();
  for (let count = 0; count < most;) {
    const open = agreeing.filter(({ waiting }) => waiting.length > 0).slice(0, most - count);
    if (open.length === 0) break;
    for (const job of open) taken.set(job, [...(taken.get(job) ?? []), job.waiting.shift()!]);
    count += open.length;
  }
  return batchOf(taken);
}

const agreementOf = ({ run, waiting }: Job): string => `${waiting[0]?.departure?.step} ${batchKey(run)}`;

const alone = (job: Job, texts: readonly ShardText[]): TakenTexts =>
  job.shares ? batchOf(new Map([[job, texts]])) : shardOf(job, texts);

function batchOf(jobs: ReadonlyMap<Job, readonly ShardText[]>): TakenTexts {
  const texts = [...jobs.values()].flat();
  const used = texts.reduce((sum, { run }) => sum + shardLayout(run.config, run.plan).rowsPerText, 0);
  const rows = sizeFor(used);
  return { jobs, rows, batch: { texts, filler: fillerKeys(rows - used) } };
}

/** Returns the size of a batch with at least this number of rows. */
export const sizeFor = (rows: number): number => SIZES.find((size) => size >= rows) ?? rows;

/** Returns the keys of rows that only fill up a batch. */
export const fillerKeys = (count: number) => Array.from({ length: count }, (_, row) => split(keyOf(0), 'filler', row));

/** Takes a whole shard of a run: its batch is the one that `diffusteer generate` makes. */
function wholeShard(job: Job): TakenTexts {
  const { texts } = shardLayout(job.run.config, job.run.plan);
  return shardOf(job, job.waiting.splice(0, texts));
}

function shardOf(job: Job, texts: readonly ShardText[]): TakenTexts {
  const { run } = job;
  const layout = shardLayout(run.config, run.plan);
  const shard = Math.floor(run.plan.items.indexOf(texts[0]!.item) / layout.texts);
  const { filler } = textsOfShard(run, layout, shard);
  const used = texts.length * layout.rowsPerText;
  const isWhole = used + filler.length === layout.rows;
  return {
    jobs: new Map([[job, texts]]),
    rows: layout.rows,
    batch: { texts, filler: isWhole ? filler : fillerKeys(layout.rows - used) },
  };
}
