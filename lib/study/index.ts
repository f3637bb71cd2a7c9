/** Series of runs. Takes a grid or a table of configs; gives planned runs and paired differences; knows nothing of how a run makes texts. */
export { type BenchmarkOptions, type BenchmarkRun, benchmarkRuns } from './benchmark.js';
export { differencesOf, readScoreSums, type RunDifferences } from './differences.js';
export { planSeries } from './plan-series.js';
export { type PlannedRun, runSeries, type SeriesEntry, type SeriesHooks, type SeriesParts } from './series.js';
export { type SweepRun, sweepRuns } from './sweep.js';
export type { SeriesRun } from './varied.js';
