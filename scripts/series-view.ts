import { generate } from '../lib/generate/generate.js';
import { costDone, runSeries, type PlannedRun, type SeriesEntry } from '../lib/study/series.js';
import type { SeriesRun } from '../lib/study/varied.js';
import type { Metrics } from '../lib/evaluate/metrics.js';
import { bestThreads } from './best-threads.js';
import type { Measuring } from './measuring.js';
import { duration, startProgress } from './progress.js';

export type MeasuredEntry<R> = SeriesEntry<R, Metrics>;

/** Makes and measures the runs, showing one progress bar for all and a line for each finished run. */
export async function showSeries<R extends SeriesRun>(
  planned: readonly PlannedRun<R>[],
  { guides, measure }: Measuring,
  signal: AbortSignal,
): Promise<MeasuredEntry<R>[]> {
  const total = planned.reduce((sum, { cost }) => sum + cost, 0);
  const progress = startProgress({ unit: '%', total: 100, from: share(costDone(planned), total) });
  let facts = '';
  let begun = performance.now();
  try {
    return await runSeries(
      planned,
      {
        make: ({ config, where }, hooks) => generate(config, guides, where, { ...hooks, bestThreads }),
        measure: ({ config }) => measure(config.output),
      },
      {
        signal,
        onRun(run, index) {
          begun = performance.now();
          facts = `${index + 1} of ${planned.length}: ${run.name}`;
        },
        onProgress: (done) => progress.update(share(done, total), facts),
        onEntry: (entry) => progress.print(describeEntry(entry, (performance.now() - begun) / 1000)),
      },
    );
  } finally {
    progress.stop();
  }
}

const share = (done: number, total: number): number => Number(((100 * done) / total).toFixed(1));

function describeEntry({ run, ...entry }: MeasuredEntry<SeriesRun>, seconds: number): string {
  if ('failure' in entry) return `${run.name} FAILED: ${entry.failure}`;
  const { made, texts, measured } = entry;
  const scores = Object.entries(measured.guides).map(([label, { score }]) => `${label} ${(100 * score.mean).toFixed(1)} %`);
  const how = made === 0 ? `${texts} texts made earlier` : `${made} texts in ${duration(seconds)}`;
  return [`${run.name}: ${how}`, ...scores].join(', ');
}
