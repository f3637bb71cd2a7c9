import { Interrupted, messageOf } from '../base/errors.js';
import type { GenerateHooks, GenerateResult } from '../generate/generate.js';
import type { SeriesRun } from './varied.js';

/** A checked run of a series. */
export interface PlannedRun<R extends SeriesRun> {
  readonly run: R;
  readonly texts: number;
  /** Estimated cost in reverse steps of unguided texts; only for the remaining time. */
  readonly cost: number;
  /** Share of the texts that are already in its folder, 0 to 1. */
  readonly done: number;
}

export interface SeriesParts<M> {
  /** Makes the texts of a run, or resumes it. */
  make(run: SeriesRun, hooks: GenerateHooks): Promise<GenerateResult>;
  /** Measures a finished run. */
  measure(run: SeriesRun): Promise<M>;
}

export interface SeriesHooks<R, M> {
  /** Called when a run begins. @param index from 0 */
  onRun?(run: R, index: number): void;
  /** @param done cost of what is done, including earlier texts @param of cost of the whole series */
  onProgress?(done: number, of: number): void;
  onEntry?(entry: SeriesEntry<R, M>, index: number): void;
  readonly signal?: AbortSignal | undefined;
}

/** A run of a series with its result, or why it failed. */
export type SeriesEntry<R, M> = { readonly run: R } & (
  { readonly made: number; readonly texts: number; readonly measured: M } | { readonly failure: string }
);

/**
 * Makes and measures one run after the other. A finished run is only measured; a failed run is reported, and the others continue.
 *
 * @throws Interrupted; everything made so far is on disk, and the same series resumes from there
 */
export async function runSeries<R extends SeriesRun, M>(
  planned: readonly PlannedRun<R>[],
  { make, measure }: SeriesParts<M>,
  { onRun, onProgress, onEntry, signal }: SeriesHooks<R, M> = {},
): Promise<SeriesEntry<R, M>[]> {
  const total = planned.reduce((sum, { cost }) => sum + cost, 0);
  const entries: SeriesEntry<R, M>[] = [];
  for (const [index, { run, cost }] of planned.entries()) {
    const place = `run ${index + 1} of ${planned.length} (${run.name})`;
    stopAt(signal, place);
    onRun?.(run, index);
    const others = costDone(planned, index);
    const onStep = (done: number, of: number) => onProgress?.(others + (cost * done) / of, total);
    const entry = await attempt(place, async () => {
      const { made, texts } = await make(run, { signal, onProgress: onStep });
      stopAt(signal, place);
      return { made, texts, measured: await measure(run) };
    });
    entries.push({ run, ...entry });
    onStep(1, 1);
    onEntry?.(entries.at(-1)!, index);
  }
  return entries;
}

/** Returns the cost of what is done when a run begins, without that run: all runs before it, and the earlier texts of those after it. */
export function costDone(planned: readonly PlannedRun<SeriesRun>[], index = -1): number {
  const shares = planned.map(({ cost, done }, i) => cost * (i < index ? 1 : i === index ? 0 : done));
  return shares.reduce((a, b) => a + b, 0);
}

/** Returns failures as results; only an interruption ends the series. */
async function attempt<T>(place: string, work: () => Promise<T>): Promise<T | { failure: string }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Interrupted) throw stopped(place);
    return { failure: messageOf(error) };
  }
}

function stopAt(signal: AbortSignal | undefined, place: string): void {
  if (signal?.aborted) throw stopped(place);
}

const stopped = (place: string): Interrupted => new Interrupted(`stopped in ${place}; the same command resumes from there`);
