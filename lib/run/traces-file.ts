import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { DiffusteerError, inputError } from '../base/errors.js';
import { isRecord } from '../base/is-record.js';
import { countLines, jsonLines } from '../base/jsonl.js';
import type { SampleLine } from './sample-line.js';
import { openSamples } from './samples-file.js';
import type { Trace } from './trace.js';

/** traces.jsonl of a run folder, opened to be written or resumed. */
export interface TracesFile {
  /** Number of requested traces of a shard that are still missing. */
  missing(shard: number): number;
  append(traces: readonly Trace[]): Promise<void>;
  close(): Promise<void>;
}

const REMEDY = 'remove the file and run `diffusteer generate CONFIG --trace` again';

const pathOf = (folder: string): string => join(folder, 'traces.jsonl');

/**
 * Opens the traces of the first texts of a run. If the file already holds as many, it stays as it is and nothing is missing.
 *
 * @param texts the texts whose traces are requested
 * @param size texts per shard
 * @throws InputError with the first line that is not the trace of its text
 */
export async function openTraces(folder: string, texts: readonly Pick<SampleLine, 'id'>[], size: number): Promise<TracesFile> {
  const path = pathOf(folder);
  const wanted = texts.length;
  if ((await countLines(path)) >= wanted)
    return { missing: () => 0, append: () => Promise.resolve(), close: () => Promise.resolve() };
  const linesOf = (shard: number) => Math.min(size, Math.max(0, wanted - shard * size));
  const problemOf = (line: unknown, index: number) =>
    isTrace(line) && line.id === texts[index]!.id ? undefined : `expected the trace of text ${texts[index]!.id}`;
  const { file, done } = await openSamples<Trace>(path, { linesOf, shards: Math.ceil(wanted / size), problemOf, remedy: REMEDY });
  return { ...file, missing: (shard) => (shard < done ? 0 : linesOf(shard)) };
}

/**
 * Checks that a shard that was made again for its traces gave the same texts as the run.
 *
 * @throws DiffusteerError if a text differs
 */
export async function checkSameTexts(folder: string, first: number, lines: readonly SampleLine[]): Promise<void> {
  const path = join(folder, 'samples.jsonl');
  const held = (await readFile(path, 'utf8')).split('\n').slice(first, first + lines.length);
  const differs = lines.findIndex((line, i) => !isDeepStrictEqual(JSON.parse(JSON.stringify(line)), parsed(held[i]!)));
  if (differs < 0) return;
  throw new DiffusteerError(
    `${path}:${first + differs + 1}: generating ${lines[differs]!.id} again for its trace gave a different text; ` +
      'another version or machine made the one here. Nothing was changed. For traces, run with `--trace` in another output folder',
  );
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * Reads the traces of a run folder one by one, in the order of its texts. A last line that was cut short is left out.
 *
 * @throws InputError if there are none, with the command that makes them, or if a line is broken
 */
export async function* tracesIn(folder: string): AsyncGenerator<Trace> {
  const path = pathOf(folder);
  if (!(await hasTraces(folder)))
    throw inputError(path, 'has no traces; `diffusteer generate CONFIG --trace` writes them, also for a finished run');
  yield* jsonLines<Trace>(path, (value) => (isTrace(value) ? undefined : `is not a trace; ${REMEDY}`), REMEDY);
}

/** Returns whether a run folder has traces. */
export const hasTraces = async (folder: string): Promise<boolean> => (await countLines(pathOf(folder))) > 0;

/** Reads the first traces of a run folder into memory. @throws InputError as `tracesIn` */
export async function readTraces(folder: string, most = Infinity): Promise<Trace[]> {
  const traces: Trace[] = [];
  for await (const trace of tracesIn(folder)) {
    traces.push(trace);
    if (traces.length >= most) break;
  }
  return traces;
}

function isTrace(value: unknown): value is Trace {
  if (typeof value !== 'object' || value === null) return false;
  const { id, steps } = value as Partial<Record<string, unknown>>;
  return typeof id === 'string' && Array.isArray(steps) && steps.length > 0 && steps.every(isStep);
}

function isStep(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { step, time, tokens, entropy, guides } = value as Partial<Record<string, unknown>>;
  const isText = Array.isArray(tokens) && Array.isArray(entropy) && tokens.length === entropy.length;
  const isKnown = isText && tokens.every((token) => typeof token === 'string') && entropy.every((h) => typeof h === 'number');
  if (!isKnown || typeof step !== 'number' || typeof time !== 'number' || !isRecord(guides)) return false;
  return Object.values(guides).every((logProb) => typeof logProb === 'number' || logProb === null);
}
