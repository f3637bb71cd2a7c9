import { open, readFile, truncate } from 'node:fs/promises';
import type { SampleLine } from './sample-line.js';

/** Appends the lines of shards; each call is on the disk when it returns. */
export interface ShardsFile<Line> {
  append(lines: readonly Line[]): Promise<void>;
  close(): Promise<void>;
}

export type SamplesFile = ShardsFile<SampleLine>;

/**
 * Opens a file of JSON lines, such as samples.jsonl, to go on: counts the whole shards it holds and cuts off what follows, a shard
 * that a kill tore.
 *
 * @param linesOf lines that a shard will have, by its number
 */
export async function openSamples<Line = SampleLine>(
  path: string,
  linesOf: (shard: number) => number,
  shards: number,
): Promise<{ file: ShardsFile<Line>; done: number }> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0));
  const ends = lineEnds(bytes);
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

/** Whole lines of a samples file, 0 where there is none. */
export const linesIn = async (path: string): Promise<number> =>
  lineEnds(await readFile(path).catch(() => Buffer.alloc(0))).length;

/** The offset after each line break. */
function lineEnds(bytes: Buffer): number[] {
  const ends: number[] = [];
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) ends.push(at + 1);
  return ends;
}
