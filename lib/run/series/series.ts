import { join } from 'node:path';
import { Interrupted, messageOf } from '../../errors.js';
import type { GenerateHooks, GenerateResult } from '../generate.js';
import { linesIn } from '../samples-file.js';
import type { SeriesRun } from './varied.js';

/** A run of a series that is checked. */
export interface PlannedRun<R extends SeriesRun> {
  readonly run: R;
  readonly texts: number;
  /** What the run costs, in reverse steps of unguided texts or what is like them; only for the time that is left. */
  readonly cost: number;
}

export interface SeriesParts<M> {
  /** Makes the texts of a run, or goes on with them. */
  make(run: SeriesRun, hooks: GenerateHooks): Promise<GenerateResult>;
  /** Measures a finished run. */
  measure(run: SeriesRun): Promise<M>;
}

export interface SeriesHooks<R, M> {
  /** A run begins; `index` from 0. */
  onRun?(run: R, index: number): void;
  /** Cost of all that is done, over the cost of the whole. */
  onProgress?(done: number, of: number): void;
  onEntry?(entry: SeriesEntry<R, M>, index: number): void;
  readonly signal?: AbortSignal | undefined;
}

/** A run of a series with what came of it. */
export type SeriesEntry<R, M> = { readonly run: R } & (
  { readonly made: number; readonly texts: number; readonly measured: M } | { readonly failure: string }
);

/**
 * Makes and measures one run after the other. A run that is finished is only measured; one that fails is named, and the others go on.
 * Errors: Interrupted, with what was made on the disk: the same series goes on from there.
 */
export async function runSeries<R extends SeriesRun, M>(
  planned: readonly PlannedRun<R>[],
  { make, measure }: SeriesParts<M>,
  { onRun, onProgress, onEntry, signal }: SeriesHooks<R, M> = {},
): Promise<SeriesEntry<R, M>[]> {
  const total = planned.reduce((sum, { cost }) => sum + cost, 0);
  const entries: SeriesEntry<R, M>[] = [];
  let before = 0;
  for (const [index, { run, cost }] of planned.entries()) {
    stopAt(signal, index, planned.length);
    onRun?.(run, index);
    const start = before;
    const entry = await attempt(async () => {
      const onStep = (done: number, of: number) => onProgress?.(start + (cost * done) / of, total);
      const { made, texts } = await make(run, { signal, onProgress: onStep });
      stopAt(signal, index, planned.length);
      return { run, made, texts, measured: await measure(run) };
    });
    entries.push('failure' in entry ? { run, failure: entry.failure } : entry);
    before += cost;
    onProgress?.(before, total);
    onEntry?.(entries.at(-1)!, index);
  }
  return entries;
}

/** What cannot be done is told in the results; being stopped ends the series. */
async function attempt<T>(work: () => Promise<T>): Promise<T | { failure: string }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    return { failure: messageOf(error) };
  }
}

function stopAt(signal: AbortSignal | undefined, index: number, runs: number): void {
  if (signal?.aborted) throw new Interrupted(`stopped in run ${index + 1} of ${runs}; the same command goes on from there`);
}

/** Cost of what stands in the folders of the runs already. */
export async function costDone(planned: readonly PlannedRun<SeriesRun>[]): Promise<number> {
  const shares = await Promise.all(
    planned.map(async ({ run, texts, cost }) => {
      const done = await linesIn(join(run.config.output, 'samples.jsonl'));
      return cost * Math.min(1, done / texts);
    }),
  );
  return shares.reduce((a, b) => a + b, 0);
}
