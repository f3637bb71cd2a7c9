import type { Metrics } from '../evaluate/metrics.js';
import {
  gapRows,
  GUIDE_HEADER,
  guideRows,
  judgeRows,
  MEASURE_HEADER,
  measureRows,
  type Rows,
  stepHeader,
  stepRows,
} from './metrics-rows.js';

/** Figures of a run as aligned columns of plain text. */
export function renderMetrics(metrics: Metrics): string {
  const guides = guideRows(metrics);
  const gaps = gapRows(metrics);
  return [
    `${metrics.texts} texts for ${metrics.targets} ${metrics.targets === 1 ? 'target' : 'targets'}`,
    '',
    ...(guides.length > 0 ? [...aligned([GUIDE_HEADER, ...guides]), ''] : []),
    ...aligned([MEASURE_HEADER, ...measureRows(metrics)]),
    '',
    ...aligned(
      judgeRows(metrics).map(([label, judge]) => [`${label} judged by`, judge!]),
      1,
    ),
    ...(gaps.length > 0
      ? [
          '',
          ...aligned(
            gaps.map(([name, why]) => [`gap: ${name}`, why!]),
            1,
          ),
        ]
      : []),
    '',
  ].join('\n');
}

/** The same as Markdown, for a pull request. */
export function renderMarkdown(metrics: Metrics, title: string): string {
  const gaps = gapRows(metrics);
  const { replicates, seed } = metrics.bootstrap;
  return [
    `## ${title}`,
    '',
    `${metrics.texts} texts for ${metrics.targets} targets${metrics.method === undefined ? '' : `, by ${metrics.method}`}. 95 % intervals: bootstrap over targets (${replicates} resamplings, seed ${seed}). *Ceiling*: the same judge on the references.`,
    '',
    ...(Object.keys(metrics.guides).length > 0 ? [...table([...GUIDE_HEADER], guideRows(metrics), 'right'), ''] : []),
    ...judgeRows(metrics).map(([label, judge]) => `- \`${label}\` is judged by ${judge}`),
    '',
    ...table([...MEASURE_HEADER], measureRows(metrics), 'right'),
    ...(metrics.byStep
      ? [
          '',
          `Success of what reverse steps predict for ${metrics.byStep.texts} traced texts:`,
          '',
          ...table(stepHeader(metrics), stepRows(metrics), 'right'),
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

function table(header: readonly string[], rows: Rows, others: 'left' | 'right'): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(header), line(header.map((_, i) => (i === 0 || others === 'left' ? '---' : '---:'))), ...rows.map(line)];
}

/** Leading spaces, which show what belongs to the row above, would be lost. */
const cell = (text: string): string => text.replace(/^ {2}/, '&nbsp;&nbsp;').replaceAll('|', '\\|');

/** Pads cells to the width of their column. @param left columns that are flush left; the others are flush right */
function aligned(rows: Rows, left = 0): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((text, column) => (column <= left ? text.padEnd(widths[column]!) : text.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}
