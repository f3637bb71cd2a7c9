import type { PairedComparison } from '../../metrics/bootstrap.js';
import { GAP } from './figures.js';
import type { Table } from './table.js';

/** A run beside the first one, over the targets of both. */
export interface Difference {
  readonly run: string;
  readonly targets: number;
  /** Success by the label of the guide, 0 to 1; those that both runs have. */
  readonly guides: Readonly<Record<string, PairedComparison>>;
  readonly natsPerToken?: PairedComparison;
}

/** A row a run: what it has more than the first one, with the interval, and how likely so much is where there is no difference. */
export function differenceTable(first: string, guides: readonly string[], differences: readonly Difference[]): Table {
  const shown = guides.filter((guide) => differences.some((own) => own.guides[guide]));
  const head = [`beside ${first}`, ...shown.flatMap((guide) => [`${guide}, points`, 'p']), 'nats a token', 'p', 'targets'];
  const rows = differences.map(({ run, targets, guides: own, natsPerToken }) => [
    run,
    ...shown.flatMap((guide) => cells(own[guide], 100, 1)),
    ...cells(natsPerToken, 1, 2),
    `${targets}`,
  ]);
  return { head, rows };
}

/** `+1.2 [-0.3, 2.7]` and its p. */
function cells(comparison: PairedComparison | undefined, scale: number, digits: number): [string, string] {
  if (!comparison) return [GAP, GAP];
  const { mean, low, high } = comparison.difference;
  const [m, l, h] = [mean, low, high].map((value) => withoutMinusZero((scale * value).toFixed(digits)));
  return [`${Number(m) > 0 ? '+' : ''}${m} [${l}, ${h}]`, comparison.p < 0.001 ? '<0.001' : comparison.p.toFixed(3)];
}

const withoutMinusZero = (text: string): string => (Number(text) === 0 ? text.replace('-', '') : text);

export const DIFFERENCE_NOTE =
  'Differences over the targets that both runs have, by a paired bootstrap of the targets; p is two-sided. Fewer nats are more fluent.';
