import type { PairedComparison } from '../../metrics/bootstrap.js';
import type { ComparedFigures, Comparison } from './comparison.js';
import { count, GAP, natsWithin, percent, percentWithin, seconds, twoDigits } from './figures.js';
import type { Table } from './table.js';

/** Returns a row for each run. Runs of a grid have a column for each path instead of their name. */
export function comparisonTable({ guides, fluency, runs }: Comparison): Table {
  const paths = Object.keys(runs[0]?.values ?? {});
  const columns: [string, (run: ComparedFigures) => string][] = [
    ['', ({ number }) => `${number}`],
    ...(paths.length === 0
      ? [['run', ({ name }: ComparedFigures) => name] as [string, (run: ComparedFigures) => string]]
      : paths.map((path): [string, (run: ComparedFigures) => string] => [path, ({ values }) => shown(values?.[path])])),
    ...guides.map((guide): [string, (run: ComparedFigures) => string] => [
      `${guide}, %`,
      ({ success, front }) => `${front.includes(guide) ? '* ' : ''}${percentWithin(success[guide])}`,
    ]),
    [`nats per token${fluency === undefined ? '' : ` (${fluency})`}`, ({ natsPerToken }) => natsWithin(natsPerToken)],
    ['perplexity', ({ perplexity }) => twoDigits(perplexity)],
    ['s per text', ({ secondsPerText }) => seconds(secondsPerText)],
    ['distinct, %', ({ distinctTexts }) => percent(distinctTexts)],
    ['texts', ({ texts }) => count(texts)],
  ];
  const words = 1 + Math.max(1, paths.length);
  return { head: columns.map(([head]) => head), rows: runs.map((run) => columns.map(([, of]) => of(run))), words };
}

export const FRONT_NOTE =
  '* on the Pareto front: no other run is better in success or nats per token and at least as good in the other. In brackets: 95 % bootstrap intervals.';

/** Returns what went wrong, a line each: runs that failed, and what runs lack, once for each reason. */
export function troublesOf({ runs }: Comparison): string[] {
  const failed = runs.flatMap(({ name, failure }) => (failure === undefined ? [] : [`${name} failed: ${failure}`]));
  const runsOf = new Map<string, string[]>();
  for (const { name, gaps } of runs)
    for (const [what, why] of Object.entries(gaps)) {
      const trouble = `${what}: ${why.replaceAll('\n', ' ')}`;
      runsOf.set(trouble, [...(runsOf.get(trouble) ?? []), name]);
    }
  const isOfAll = (names: readonly string[]): boolean => names.length === runs.length && runs.length > 1;
  const gaps = [...runsOf].map(([trouble, names]) => `${isOfAll(names) ? 'all runs' : names.join(', ')} lack ${trouble}`);
  return [...failed, ...gaps];
}

const shown = (value: unknown): string => (value === undefined ? GAP : typeof value === 'string' ? value : JSON.stringify(value));

/** A run compared with the first one, over the targets of both. */
export interface Difference {
  readonly run: string;
  readonly targets: number;
  /** Success by label of the guide, 0 to 1, for guides that both runs have. */
  readonly guides: Readonly<Record<string, PairedComparison>>;
  readonly natsPerToken?: PairedComparison;
}

/** Returns a row for each run: its difference from the first one with the interval, and the p-value. */
export function differenceTable(first: string, guides: readonly string[], differences: readonly Difference[]): Table {
  const shown = guides.filter((guide) => differences.some((own) => own.guides[guide]));
  const head = [`against ${first}`, ...shown.flatMap((guide) => [`${guide}, points`, 'p']), 'nats per token', 'p', 'targets'];
  const rows = differences.map(({ run, targets, guides: own, natsPerToken }) => [
    run,
    ...shown.flatMap((guide) => cells(own[guide], 100, 1)),
    ...cells(natsPerToken, 1, 2),
    `${targets}`,
  ]);
  return { head, rows };
}

/** Returns a difference such as `+1.2 [-0.3, 2.7]`, and its p. */
function cells(comparison: PairedComparison | undefined, scale: number, digits: number): [string, string] {
  if (!comparison) return [GAP, GAP];
  const { mean, low, high } = comparison.difference;
  const [m, l, h] = [mean, low, high].map((value) => withoutMinusZero((scale * value).toFixed(digits)));
  return [`${Number(m) > 0 ? '+' : ''}${m} [${l}, ${h}]`, comparison.p < 0.001 ? '<0.001' : comparison.p.toFixed(3)];
}

const withoutMinusZero = (text: string): string => (Number(text) === 0 ? text.replace('-', '') : text);

export const DIFFERENCE_NOTE =
  'Differences over the targets that both runs have, by a paired bootstrap of the targets; p is two-sided. Fewer nats are more fluent.';
