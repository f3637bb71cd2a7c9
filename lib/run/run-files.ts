import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { DiffusteerError, inputError } from '../base/errors.js';
import { isRecord } from '../base/is-record.js';
import { countLines } from '../base/jsonl.js';
import { MEND_SAMPLES } from './read-samples.js';
import type { SampleLine } from './sample-line.js';
import { openOrder, type TimedShard, type WrittenShards } from './shard-order.js';
import { openSamples, type SamplesFile } from './samples-file.js';
import { appendTiming } from './timing.js';
import { checkSameTexts, openTraces, type TracesFile } from './traces-file.js';

/** The files of a run folder that grow shard by shard: samples.jsonl, traces.jsonl and timing.jsonl. */
export interface RunFiles {
  /** Number of texts in samples.jsonl when it was opened. */
  readonly texts: number;
  /** Number of shards of the run. */
  readonly shards: number;
  /** Numbers of the shards whose texts or traces are missing. */
  readonly unfinished: readonly number[];
  /** Number of requested traces of a shard that are missing. */
  missingTraces(shard: number): number;
  /**
   * Writes what is missing of a shard and of finished ones after it. If an earlier shard is still missing, keeps this one in a file of its
   * own until then. Shards may be finished in any order.
   *
   * @throws DiffusteerError if its texts are not those of the run, or were there already and differ
   */
  append(made: TimedShard): Promise<WrittenShards>;
  close(): Promise<void>;
}

/** A text that a run folder should hold. */
export type ExpectedText = Pick<SampleLine, 'id' | 'target'>;

/**
 * Opens the files of a run folder to write them or to resume them.
 *
 * @param expected the texts of the run, in order
 * @param size texts per shard
 * @param traced number of texts, from the first, whose traces are requested
 * @throws InputError if samples.jsonl or traces.jsonl holds other texts than the run; nothing is changed
 */
export async function openRunFiles(
  folder: string,
  expected: readonly ExpectedText[],
  size: number,
  traced: number,
): Promise<RunFiles> {
  const texts = expected.length;
  const shards = Math.ceil(texts / size);
  const linesOf = (shard: number) => Math.min(size, texts - shard * size);
  const path = join(folder, 'samples.jsonl');
  const held = await countLines(path);
  if (held > texts)
    throw inputError(`${path}:${texts + 1}`, `the run has ${texts} texts, the file ${held} lines; ${MEND_SAMPLES}`);
  const problemOf = (line: unknown, index: number) => problemWith(line, expected[index]!);
  const problemOfShard = ({ shard, lines }: Pick<TimedShard, 'shard' | 'lines'>) =>
    lines.length === linesOf(shard)
      ? lines.map((line, i) => problemOf(line, shard * size + i)).find((problem) => problem !== undefined)
      : `expected ${linesOf(shard)} texts, got ${lines.length}`;
  const { file: samples, done } = await openSamples(path, { linesOf, shards, problemOf, remedy: MEND_SAMPLES });
  const traces = await openTraces(folder, expected.slice(0, traced), size).catch(async (error: unknown) => {
    await samples.close();
    throw error;
  });
  const { order, written } = await openOrder(folder, {
    missing: Array.from({ length: shards }, (_, shard) => shard).filter((shard) => shard >= done || traces.missing(shard) > 0),
    isWhole: (kept) => traces.missing(kept.shard) <= kept.traces.length && problemOfShard(kept) === undefined,
    write: shardWriter({ folder, size, done, samples, traces, problemOfShard }),
  });
  return {
    texts: Math.min(texts, done * size) + written.lines.length,
    shards,
    unfinished: order.unfinished,
    missingTraces: traces.missing,
    append: (made) => order.append(made),
    async close() {
      await order.close();
      await Promise.all([samples.close(), traces.close()]);
    },
  };
}

interface WriterParts {
  readonly folder: string;
  readonly size: number;
  /** Number of shards, from the first, whose texts are in samples.jsonl. */
  readonly done: number;
  readonly samples: SamplesFile;
  readonly traces: TracesFile;
  problemOfShard(made: Pick<TimedShard, 'shard' | 'lines'>): string | undefined;
}

/** Returns a function that writes what is missing of a shard whose turn has come. */
const shardWriter =
  ({ folder, size, done, samples, traces, problemOfShard }: WriterParts) =>
  async ({ shard, lines, ms, ...made }: TimedShard): Promise<WrittenShards> => {
    const problem = problemOfShard({ shard, lines });
    if (problem !== undefined) throw new DiffusteerError(`${folder}: shard ${shard} came back wrong: ${problem}`);
    const isNew = shard >= done;
    if (!isNew) await checkSameTexts(folder, shard * size, lines);
    const added = (await made.traces()).slice(0, traces.missing(shard));
    await traces.append(added); // before the texts: a shard with texts counts as done
    if (isNew) await samples.append(lines);
    if (isNew) await appendTiming(folder, { shard, texts: lines.length, ms });
    return { lines: isNew ? lines : [], traces: added.length };
  };

/** Returns what is wrong with a line of samples.jsonl that should hold an expected text. */
function problemWith(line: unknown, { id, target }: ExpectedText): string | undefined {
  const found = isRecord(line) ? line : {};
  if (found['id'] !== id) return `expected text ${id} of the run, found ${'id' in found ? JSON.stringify(found['id']) : 'no id'}`;
  if (isDeepStrictEqual(found['target'], JSON.parse(JSON.stringify(target)))) return undefined;
  return `text ${id} has another target than the config gives it: the targets have changed since it was made`;
}
