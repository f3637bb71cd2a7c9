import type { BenchmarkConfig } from '../../config/index.js';
import type { Metrics } from '../../evaluate/metrics.js';
import type { Interval } from '../../metrics/bootstrap.js';
import type { Panel, PanelPoint } from './tradeoff-chart.js';

export type Task = BenchmarkConfig['tasks'][number];
export type Control = Task['controls'][number];
export type Published = BenchmarkConfig['published'][number];

/** A row of a benchmark: the metrics of its run, or why there are none. */
export interface BenchmarkEntry {
  readonly row: BenchmarkConfig['rows'][number];
  readonly metrics?: Metrics;
  readonly failure?: string;
}

/** Success of a run in a control of its task. */
export interface ControlFigure {
  readonly score?: Interval;
  readonly ceiling?: number;
  /** Why there is no score. */
  readonly gap?: string;
}

export const controlTitle = ({ guide, measure, title }: Control): string =>
  title ?? (measure === undefined ? guide : `${guide}, ${measure}`);

/** Returns the success of a run in a control of its task. */
export function controlFigure(metrics: Metrics, { guide, measure }: Control): ControlFigure {
  const own = metrics.guides[guide];
  if (!own) return { gap: metrics.gaps[guide] ?? `the run has no guide "${guide}" that was judged` };
  if (measure === undefined) return { score: own.score, ...(own.ceiling === undefined ? {} : { ceiling: own.ceiling }) };
  const other = own.also[measure];
  if (!other) return { gap: `the judge of ${guide} gives no "${measure}"` };
  const { ceiling, ...score } = other;
  return { score, ...(ceiling === undefined ? {} : { ceiling }) };
}

/** Returns the rows of a task in order. */
export const entriesOf = (task: Task, entries: readonly BenchmarkEntry[]): BenchmarkEntry[] =>
  entries.filter(({ row }) => row.task === task.name);

/** Returns the names of the language models that measured any run, those of PREFERRED first. */
export function languageModels(entries: readonly BenchmarkEntry[]): string[] {
  const names = [...new Set(entries.flatMap(({ metrics }) => Object.keys(metrics?.fluency ?? {})))];
  return names.sort((a, b) => rank(a) - rank(b));
}

const PREFERRED = ['lm', 'ngram'];
const rank = (name: string): number => (PREFERRED.includes(name) ? PREFERRED.indexOf(name) : PREFERRED.length);

/** Returns what is missing, a line each: runs that failed, judges that were unavailable. */
export function benchmarkGaps(tasks: readonly Task[], entries: readonly BenchmarkEntry[]): string[] {
  return entries.flatMap(({ row, metrics, failure }) => {
    if (!metrics) return [`${row.name} failed: ${failure ?? 'it was not measured'}`];
    const controls = tasks.find(({ name }) => name === row.task)?.controls ?? [];
    return controls.flatMap((control) => {
      const { gap } = controlFigure(metrics, control);
      return gap === undefined ? [] : [`${row.name}, ${controlTitle(control)}: ${gap}`];
    });
  });
}

/** Returns a panel for each task and control of the main table, with the methods as points. */
export function benchmarkPanels(tasks: readonly Task[], entries: readonly BenchmarkEntry[]): Panel[] {
  const [model] = languageModels(entries);
  if (model === undefined) return [];
  const methods = [...new Set(entries.map(({ row }) => row.method))];
  return tasks.flatMap((task) => {
    const shown = task.controls.filter(({ main }) => main);
    return shown.map((control) => ({
      title: shown.length === 1 ? task.title : `${task.title}: ${controlTitle(control)}`,
      points: entriesOf(task, entries).flatMap(({ row, metrics }): PanelPoint[] => {
        const success = metrics && controlFigure(metrics, control).score;
        const nats = metrics?.fluency[model]?.natsPerToken;
        if (!success || !nats) return [];
        const number = methods.indexOf(row.method) + 1;
        return [{ name: `${number} ${row.method}`, label: `${number}`, success, nats, secondsPerText: metrics.secondsPerText }];
      }),
    }));
  });
}
