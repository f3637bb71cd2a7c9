import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../base/is-record.js';

/** A line of timing.jsonl, kept out of samples.jsonl, whose bytes follow from the config alone. */
export interface ShardTime {
  readonly shard: number;
  readonly texts: number;
  /** Milliseconds from the first reverse step to the decoded texts; the first shard of a process includes tracing and compiling. */
  readonly ms: number;
}

const timingOf = (folder: string): string => join(folder, 'timing.jsonl');

/** Appends a line to timing.jsonl of a run folder. */
export const appendTiming = (folder: string, time: ShardTime): Promise<void> =>
  appendFile(timingOf(folder), `${JSON.stringify(time)}\n`);

/** Returns the seconds per text of a run folder, undefined if nothing was timed. A shard made twice counts once; torn and damaged lines are skipped. */
export async function secondsPerText(folder: string): Promise<number | undefined> {
  const text = await readFile(timingOf(folder), 'utf8').catch(() => '');
  const shards = new Map(text.split('\n').flatMap((line) => timeOf(line).map((time) => [time.shard, time] as const)));
  const total = { texts: 0, ms: 0 };
  for (const { texts, ms } of shards.values()) {
    total.texts += texts;
    total.ms += ms;
  }
  return total.texts === 0 ? undefined : total.ms / 1000 / total.texts;
}

function timeOf(line: string): ShardTime[] {
  try {
    const value: unknown = JSON.parse(line);
    return isTime(value) ? [value] : [];
  } catch {
    return [];
  }
}

function isTime(value: unknown): value is ShardTime {
  if (!isRecord(value)) return false;
  const { shard, texts, ms } = value;
  return [shard, texts, ms].every((count) => typeof count === 'number' && Number.isFinite(count) && count >= 0);
}
