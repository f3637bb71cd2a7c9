import { open, truncate } from 'node:fs/promises';
import { inputError } from '../base/errors.js';
import { jsonLines, lineEnds } from '../base/jsonl.js';
import type { SampleLine } from './sample-line.js';

/** A JSON Lines file that grows shard by shard. Appended lines are on the disk when `append` returns. */
export interface ShardsFile<Line> {
  append(lines: readonly Line[]): Promise<void>;
  close(): Promise<void>;
}

export type SamplesFile = ShardsFile<SampleLine>;

/** The lines that a file should have when it is whole. */
export interface ExpectedLines {
  /** Returns how many lines a shard has, by its number. */
  linesOf(shard: number): number;
  /** Number of shards in all. */
  readonly shards: number;
  /** Returns what is wrong with a line, by its position in the file from 0. */
  problemOf(line: unknown, index: number): string | undefined;
  /** What to do about a wrong line. */
  readonly remedy: string;
}

/**
 * Opens a JSON Lines file, such as samples.jsonl, to resume it. Counts the whole shards in it and cuts off the rest, which is part of a
 * shard that was interrupted.
 *
 * @returns the file, and how many shards are done
 * @throws InputError with the first line that the file should not have there; the file is unchanged
 */
export async function openSamples<Line = SampleLine>(
  path: string,
  { linesOf, shards, problemOf, remedy }: ExpectedLines,
): Promise<{ file: ShardsFile<Line>; done: number }> {
  const ends = await lineEnds(path);
  let done = 0;
  let lines = 0;
  while (done < shards && lines + linesOf(done) <= ends.length) lines += linesOf(done++);
  if (ends.length > 0) await checkLines(path, lines, problemOf, remedy);
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

/** Checks the first `count` lines. */
async function checkLines(path: string, count: number, problemOf: ExpectedLines['problemOf'], remedy: string): Promise<void> {
  let index = 0;
  for await (const line of jsonLines(path, undefined, remedy)) {
    if (index === count) return;
    const problem = problemOf(line, index++);
    if (problem !== undefined) throw inputError(`${path}:${index}`, `${problem}; ${remedy}`);
  }
}
