import type { Metrics, RunFigures } from '../evaluate/metrics.js';
import {
  gapRows,
  GUIDE_HEADER,
  guideRows,
  INTERVALS,
  judgeRows,
  MEASURE_HEADER,
  measureRows,
  type Rows,
  stepHeader,
  stepRows,
} from './metrics-rows.js';

/** Returns the figures of a run as aligned columns of plain text: those of `judgeFolder`, or those of `evaluateRun` with intervals. */
export function renderReport(figures: RunFigures): string {
  const { texts, targets } = figures;
  const guides = guideRows(figures);
  const sections = [
    [`${texts} ${texts === 1 ? 'text' : 'texts'} for ${targets} ${targets === 1 ? 'target' : 'targets'}`],
    guides.length === 0 ? [] : aligned(withIntervalsIfAny([GUIDE_HEADER, ...guides])),
    aligned(withIntervalsIfAny([MEASURE_HEADER, ...measureRows(figures)])),
    aligned(
      judgeRows(figures).map(([label, judge]) => [`${label} judged by`, judge]),
      1,
    ),
    aligned(
      gapRows(figures).map(([name, why]) => [`gap: ${name}`, why]),
      1,
    ),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

/** Drops the column of intervals if no row has one. @param rows a header first */
function withIntervalsIfAny([header, ...rows]: Rows): Rows {
  const all = [header!, ...rows];
  return rows.some((row) => row[INTERVALS] !== '') ? all : all.map((row) => row.toSpliced(INTERVALS, 1));
}

/** Returns the metrics of a run as Markdown, for a pull request. */
export function renderMarkdown(metrics: Metrics, title: string): string {
  const { byStep, bootstrap, texts, targets, method } = metrics;
  const guides = guideRows(metrics);
  const gaps = gapRows(metrics);
  const resampling = `${bootstrap.replicates} replicates, random seed ${bootstrap.seed}`;
  return [
    `## ${title}`,
    '',
    `${texts} texts for ${targets} targets${method === undefined ? '' : `, by ${method}`}. 95 % intervals: bootstrap over targets (${resampling}). *Ceiling*: the score of the references by the same judge.`,
    '',
    ...(guides.length > 0 ? [...table(GUIDE_HEADER, guides), ''] : []),
    ...judgeRows(metrics).map(([label, judge]) => `- \`${label}\` is judged by ${judge}`),
    '',
    ...table(MEASURE_HEADER, measureRows(metrics)),
    ...(byStep
      ? [
          '',
          `Success of what reverse steps predict for ${byStep.texts} traced texts:`,
          '',
          ...table(stepHeader(metrics), stepRows(metrics)),
        ]
      : []),
    ...(gaps.length > 0 ? ['', '**Gaps**', '', ...gaps.map(([name, why]) => `- \`${name}\`: ${why}`)] : []),
    '',
    '<details><summary>Config</summary>',
    '',
    '```json',
    JSON.stringify(metrics.config, null, 2),
    '```',
    '',
    '</details>',
    '',
  ].join('\n');
}

/** Returns a Markdown table; the first column is flush left, the others flush right. */
function table(header: readonly string[], rows: Rows): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(header), line(header.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)];
}

/** Keeps the leading spaces that show what belongs to the row above: Markdown would drop them. */
const cell = (text: string): string => text.replace(/^ {2}/, '&nbsp;&nbsp;').replaceAll('|', '\\|');

/** Pads cells to the width of their column. @param left last column that is flush left; the others are flush right */
function aligned(rows: Rows, left = 0): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((text, column) => (column <= left ? text.padEnd(widths[column]!) : text.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}
