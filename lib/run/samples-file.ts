import { open, truncate } from 'node:fs/promises';
import { lineEnds } from '../base/jsonl.js';
import type { SampleLine } from './sample-line.js';

/** A JSON Lines file that grows shard by shard. Appended lines are on the disk when `append` returns. */
export interface ShardsFile<Line> {
  append(lines: readonly Line[]): Promise<void>;
  close(): Promise<void>;
}

export type SamplesFile = ShardsFile<SampleLine>;

/**
 * Opens a JSON Lines file, such as samples.jsonl, to resume it. Counts the whole shards in it and cuts off the rest, which is part of a
 * shard that was interrupted.
 *
 * @param linesOf returns how many lines a shard has, by its number
 * @param shards the number of shards in all
 * @returns the file, and how many shards are done
 */
export async function openSamples<Line = SampleLine>(
  path: string,
  linesOf: (shard: number) => number,
  shards: number,
): Promise<{ file: ShardsFile<Line>; done: number }> {
  const ends = await lineEnds(path);
  let done = 0;
  let lines = 0;
  while (done < shards && lines + linesOf(done) <= ends.length) lines += linesOf(done++);
  const file = await open(path, 'a');
  await truncate(path, lines === 0 ? 0 : ends[lines - 1]!);
  return {
    done,
    file: {
      async append(added) {
        await file.appendFile(added.map((line) => `${JSON.stringify(line)}\n`).join(''));
        await file.sync();
      },
      close: () => file.close(),
    },
  };
}
