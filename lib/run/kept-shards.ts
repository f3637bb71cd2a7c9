import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, writeAside } from '../base/files.js';
import { isRecord } from '../base/is-record.js';
import type { SampleLine } from './sample-line.js';
import type { Trace } from './trace.js';

/** The texts of a shard, as a worker returns them. */
export interface FinishedShard {
  readonly shard: number;
  readonly lines: readonly SampleLine[];
  readonly traces: readonly Trace[];
  /** How long the worker took, milliseconds. */
  readonly ms: number;
}

/** Shards that were finished before an earlier one, in one file each until their turn comes: a kill of the run does not lose them. */
export interface KeptShards {
  has(shard: number): boolean;
  keep(shard: FinishedShard): Promise<void>;
  read(shard: number): Promise<FinishedShard>;
  forget(shard: number): Promise<void>;
  /** Removes the folder if it is empty. */
  close(): Promise<void>;
}

/**
 * Opens the kept shards of a run folder.
 *
 * @param isMissing returns whether the run still lacks a shard, and the shard is whole; others are removed, to be made again
 */
export async function openKeptShards(folder: string, isMissing: (shard: FinishedShard) => boolean): Promise<KeptShards> {
  const own = join(folder, 'shards');
  const fileOf = (shard: number): string => join(own, `${shard}.json`);
  const forget = (shard: number): Promise<void> => rm(fileOf(shard), { force: true });
  const kept = new Set<number>();
  for (const name of await readdir(own).catch(() => [])) {
    const finished = await readShard(join(own, name));
    if (finished && name === `${finished.shard}.json` && isMissing(finished)) kept.add(finished.shard);
    else await rm(join(own, name), { recursive: true, force: true });
  }
  return {
    has: (shard) => kept.has(shard),
    async keep(finished) {
      await makeFolder(own);
      await writeAside(fileOf(finished.shard), JSON.stringify(finished));
      kept.add(finished.shard);
    },
    read: async (shard) => JSON.parse(await readFile(fileOf(shard), 'utf8')) as FinishedShard,
    async forget(shard) {
      kept.delete(shard);
      await forget(shard);
    },
    close: () => rmdir(own).catch(() => undefined),
  };
}

/** Returns undefined if the file does not hold a shard. */
async function readShard(path: string): Promise<FinishedShard | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isFinished(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Returns whether a value has the form of a finished shard; its lines are checked when they are written. */
export const isFinished = (value: unknown): value is FinishedShard =>
  isRecord(value) &&
  Number.isInteger(value['shard']) &&
  typeof value['ms'] === 'number' &&
  Array.isArray(value['lines']) &&
  Array.isArray(value['traces']);
