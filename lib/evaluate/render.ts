import type { Figure } from './guide-report.js';
import type { Fluency, RunReport } from './judge.js';

/** A report as aligned columns of plain text: a table of the guides, then a line a measure. */
export function renderReport(report: RunReport): string {
  const guides = Object.entries(report.perGuide).flatMap(([name, guide]) => [
    figureRow(name, guide, percent(guide.perfect), `${guide.n}`),
    ...Object.entries(guide.also ?? {}).map(([other, figure]) => figureRow(`  ${other}`, figure, '', '')),
  ]);
  const table =
    guides.length === 0 ? [] : [...aligned([['guide', 'score', 'perfect', 'ceiling', 'of ceiling', 'texts'], ...guides]), ''];
  return [...table, ...aligned([...means(report), ...measures(report)], 'left')].join('\n') + '\n';
}

const figureRow = (name: string, { mean, ceiling, shareOfCeiling }: Figure, perfect: string, texts: string): string[] => [
  name,
  percent(mean),
  perfect,
  optional(ceiling, percent),
  optional(shareOfCeiling, percent),
  texts,
];

/** By what the guides were judged, where there is a choice. */
const means = ({ perGuide }: RunReport): string[][] =>
  Object.entries(perGuide).flatMap(([label, { by }]) => (by === undefined ? [] : [[`${label} judged by`, by]]));

function measures({ texts, unjudged, gaps, fluency, fluencyBy, distinct, copies, truncated, lengths }: RunReport): string[][] {
  const rows: [string, string | undefined][] = [
    ['no judge for', unjudged.join(', ') || undefined],
    ...Object.entries(gaps).map(([label, why]): [string, string] => [`not judged: ${label}`, why.replaceAll('\n', ' ')]),
    ...(fluency ? fluencyRows('nats a token, ngram', fluency) : []),
    ...Object.entries(fluencyBy ?? {}).flatMap(([name, figures]) => fluencyRows(`nats a token, ${name}`, figures)),
    ['distinct texts', percent(distinct)],
    ['copies of the corpus', copies === undefined ? undefined : percent(copies)],
    ['truncated texts', `${truncated} of ${texts}`],
    ['words a text', `${lengths.mean.toFixed(1)} (${lengths.min} to ${lengths.max})`],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== undefined);
}

const fluencyRows = (title: string, { natsPerToken, references, heldOut }: Fluency): [string, string | undefined][] => [
  [title, withPerplexity(natsPerToken)],
  ['  of references', references === undefined ? undefined : withPerplexity(references)],
  ['  of held-out text', heldOut === undefined ? undefined : withPerplexity(heldOut)],
];

const withPerplexity = (nats: number): string => `${nats.toFixed(2)} (perplexity ${Math.exp(nats).toPrecision(3)})`;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const optional = (value: number | undefined, show: (value: number) => string): string =>
  value === undefined ? '-' : show(value);

/** Pads cells to the width of their column; the first column is always flush left. */
function aligned(rows: readonly (readonly string[])[], others: 'left' | 'right' = 'right'): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 || others === 'left' ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}
