import type { Metrics } from '../../evaluate/metrics.js';
import {
  controlFigure,
  controlTitle,
  entriesOf,
  languageModels,
  type BenchmarkEntry,
  type ControlFigure,
  type Published,
  type Task,
} from './benchmark.js';
import { count, GAP, natsWithin, percent, percentWithin, seconds, twoDigits } from './figures.js';
import type { Table } from './table.js';

/** Returns the table of a task: its runs, then published figures. */
export function taskTable(task: Task, entries: readonly BenchmarkEntry[], published: readonly Published[]): Table {
  const models = languageModels(entries);
  const known = published.filter(({ figures }) => figures[task.name] !== undefined);
  const hasScores = known.some(({ figures }) => figures[task.name]!.fluency !== undefined);
  const head = [
    'method',
    ...task.controls.flatMap((control) => [`${controlTitle(control)}, %`, 'of references']),
    ...models.map((name) => `nats per token (${name})`),
    'perplexity',
    ...(hasScores ? ['lm-score of the paper'] : []),
    's per text',
    'texts',
  ];
  const own = entriesOf(task, entries).map((entry) => runCells(task, entry, models, hasScores));
  const theirs = known.map((paper) => publishedCells(task, paper, models, hasScores));
  return { head, rows: [...own, ...theirs] };
}

function runCells(
  task: Task,
  { row, metrics, failure }: BenchmarkEntry,
  models: readonly string[],
  hasScores: boolean,
): string[] {
  const figures = task.controls.map((control): ControlFigure => (metrics ? controlFigure(metrics, control) : {}));
  return [
    `${row.method}${failure === undefined ? '' : ' (failed)'}`,
    ...figures.flatMap(({ score, ceiling }) => [percentWithin(score), percent(ceiling)]),
    ...models.map((name) => natsWithin(metrics?.fluency[name]?.natsPerToken)),
    twoDigits(models[0] === undefined ? undefined : metrics?.fluency[models[0]]?.perplexity),
    ...(hasScores ? [GAP] : []),
    seconds(metrics?.secondsPerText),
    count(metrics?.texts),
  ];
}

function publishedCells(task: Task, { method, figures }: Published, models: readonly string[], hasScores: boolean): string[] {
  const { control, fluency } = figures[task.name]!;
  return [
    `${method}, published`,
    ...control.flatMap((value) => [value === null ? GAP : value.toFixed(1), GAP]),
    ...models.map(() => GAP),
    GAP,
    ...(hasScores ? [twoDigits(fluency)] : []),
    GAP,
    GAP,
  ];
}

/** Returns a table like the paper's main one: a row per method, a column per task, cells `control / fluency`. */
export function mainTable(tasks: readonly Task[], entries: readonly BenchmarkEntry[], published: readonly Published[]): Table {
  const [model] = languageModels(entries);
  const methods = [...new Set(entries.map(({ row }) => row.method))];
  const own = methods.map((method) => [
    method,
    ...tasks.map((task) => {
      const entry = entriesOf(task, entries).find(({ row }) => row.method === method);
      return entry?.metrics ? ownCell(task, entry.metrics, model) : GAP;
    }),
  ]);
  const theirs = published.map((paper) => [`${paper.method}, published`, ...tasks.map((task) => publishedCell(task, paper))]);
  return { head: ['control, % / fluency', ...tasks.map(({ title }) => title)], rows: [...own, ...theirs] };
}

function ownCell(task: Task, metrics: Metrics, model: string | undefined): string {
  const controls = task.controls
    .filter(({ main }) => main)
    .map((control) => percent(controlFigure(metrics, control).score?.mean));
  const nats = model === undefined ? undefined : metrics.fluency[model]?.natsPerToken.mean;
  return `${controls.join(', ')} / ${twoDigits(nats)}`;
}

function publishedCell({ name, controls }: Task, { figures }: Published): string {
  const own = figures[name];
  if (!own) return GAP;
  const shown = own.control.filter((_, i) => controls[i]?.main);
  return `${shown.map((value) => (value === null ? GAP : value.toFixed(1))).join(', ')} / ${twoDigits(own.fluency)}`;
}
