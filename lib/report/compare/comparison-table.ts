import type { ComparedFigures, Comparison } from './comparison.js';
import { count, GAP, natsWithin, percent, percentWithin, seconds, twoDigits } from './figures.js';
import type { Table } from './table.js';

/** A row a run. Runs of a grid have a column a path instead of their name. */
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
    [`nats a token${fluency === undefined ? '' : ` (${fluency})`}`, ({ natsPerToken }) => natsWithin(natsPerToken)],
    ['perplexity', ({ perplexity }) => twoDigits(perplexity)],
    ['s a text', ({ secondsPerText }) => seconds(secondsPerText)],
    ['distinct, %', ({ distinctTexts }) => percent(distinctTexts)],
    ['texts', ({ texts }) => count(texts)],
  ];
  const words = 1 + Math.max(1, paths.length);
  return { head: columns.map(([head]) => head), rows: runs.map((run) => columns.map(([, of]) => of(run))), words };
}

export const FRONT_NOTE =
  '* on the front: no other run is better in success or nats a token and as good in the other. In brackets: 95 % bootstrap intervals.';

/** What went wrong, a line each: runs that failed, and what several runs lack for the same reason once. */
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
