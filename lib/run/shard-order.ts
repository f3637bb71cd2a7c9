import { type FinishedShard, type KeptShards, openKeptShards } from './kept-shards.js';
import type { SampleLine } from './sample-line.js';
import type { Trace } from './trace.js';

/** The texts of a shard, with how long they took. */
export interface TimedShard extends Omit<FinishedShard, 'traces'> {
  /** Returns the traces that were missing. */
  traces(): Promise<readonly Trace[]>;
}

/** What a call of `append` wrote. */
export interface WrittenShards {
  /** The new lines of samples.jsonl, in their order. */
  readonly lines: readonly SampleLine[];
  /** Number of new traces. */
  readonly traces: number;
}

/** What a run folder does with shards. */
export interface OrderOptions {
  /** Numbers of the shards that the run lacks, in order. */
  readonly missing: readonly number[];
  /** Returns whether a kept shard can be used. */
  isWhole(kept: FinishedShard): boolean;
  /** Writes a shard whose turn has come. */
  write(made: TimedShard): Promise<WrittenShards>;
}

/** Opens the order of the missing shards of a run folder, and writes those that an earlier process kept and whose turn has come. */
export async function openOrder(folder: string, options: OrderOptions): Promise<{ order: ShardOrder; written: WrittenShards }> {
  const missing = new Set(options.missing);
  const kept = await openKeptShards(folder, (shard) => missing.has(shard.shard) && options.isWhole(shard));
  const order = new ShardOrder(options, kept);
  return { order, written: await order.writeKept() };
}

/** Puts shards that are finished in any order into the order of the run. */
export class ShardOrder {
  /** Index into `missing` of the shard whose turn it is. */
  #next = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly options: OrderOptions,
    readonly kept: KeptShards,
  ) {}

  /** The shards that have to be made. */
  get unfinished(): readonly number[] {
    return this.options.missing.slice(this.#next).filter((shard) => !this.kept.has(shard));
  }

  /** Writes a shard and the kept ones after it, or keeps it until its turn. */
  append(made: TimedShard): Promise<WrittenShards> {
    const result = this.#last.then(() => this.#append(made));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #append(made: TimedShard): Promise<WrittenShards> {
    const { missing, write } = this.options;
    if (made.shard !== missing[this.#next]) {
      const isAwaited = missing.indexOf(made.shard, this.#next) >= 0;
      if (isAwaited) await this.kept.keep({ ...made, traces: await made.traces() });
      return { lines: [], traces: 0 };
    }
    const own = await write(made);
    this.#next++;
    const following = await this.writeKept();
    return { lines: [...own.lines, ...following.lines], traces: own.traces + following.traces };
  }

  /** Writes the kept shards whose turn has come. */
  async writeKept(): Promise<WrittenShards> {
    const { missing, write } = this.options;
    const lines: SampleLine[] = [];
    let traces = 0;
    for (let shard = missing[this.#next]; shard !== undefined && this.kept.has(shard); shard = missing[++this.#next]) {
      const finished = await this.kept.read(shard);
      const written = await write({ ...finished, traces: () => Promise.resolve(finished.traces) });
      await this.kept.forget(shard);
      lines.push(...written.lines);
      traces += written.traces;
    }
    return { lines, traces };
  }

  /** Waits until nothing is being written. */
  async close(): Promise<void> {
    await this.#last;
    await this.kept.close();
  }
}
