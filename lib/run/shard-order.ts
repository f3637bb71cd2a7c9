import { type FinishedShard, openKeptShards } from './kept-shards.js';
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

/** Puts shards that are finished in any order into the order of the run. */
export interface ShardOrder {
  /** Number of texts of kept shards whose turn had come when the order was opened. */
  readonly written: number;
  /** The shards that have to be made. */
  readonly unfinished: readonly number[];
  /** Writes a shard and the kept ones after it, or keeps it until its turn. */
  append(made: TimedShard): Promise<WrittenShards>;
  /** Waits until nothing is being written. */
  close(): Promise<void>;
}

/**
 * Opens the order of the missing shards of a run folder, and writes those that an earlier process has finished.
 *
 * @param missing shards that the run lacks, in order
 * @param isWhole returns whether a kept shard can be used
 * @param write writes a shard whose turn has come
 */
export async function openOrder(
  folder: string,
  missing: readonly number[],
  isWhole: (kept: FinishedShard) => boolean,
  write: (made: TimedShard) => Promise<WrittenShards>,
): Promise<ShardOrder> {
  const wanted = new Set(missing);
  const kept = await openKeptShards(folder, (shard) => wanted.has(shard.shard) && isWhole(shard));
  let next = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function writeKept(): Promise<WrittenShards> {
    const lines: SampleLine[] = [];
    let traces = 0;
    for (let shard = missing[next]; shard !== undefined && kept.has(shard); shard = missing[++next]) {
      const finished = await kept.read(shard);
      const written = await write({ ...finished, traces: () => Promise.resolve(finished.traces) });
      await kept.forget(shard);
      lines.push(...written.lines);
      traces += written.traces;
    }
    return { lines, traces };
  }

  async function appendOne(made: TimedShard): Promise<WrittenShards> {
    if (made.shard !== missing[next]) {
      if (missing.indexOf(made.shard, next) >= 0) await kept.keep({ ...made, traces: await made.traces() });
      return { lines: [], traces: 0 };
    }
    const own = await write(made);
    next++;
    const following = await writeKept();
    return { lines: [...own.lines, ...following.lines], traces: own.traces + following.traces };
  }

  const { lines } = await writeKept();
  return {
    written: lines.length,
    unfinished: missing.slice(next).filter((shard) => !kept.has(shard)),
    append(made) {
      const result = last.then(() => appendOne(made));
      last = result.catch(() => undefined);
      return result;
    },
    async close() {
      await last;
      await kept.close();
    },
  };
}
