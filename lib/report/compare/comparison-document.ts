import {
  comparisonTable,
  DIFFERENCE_NOTE,
  type Difference,
  differenceTable,
  FRONT_NOTE,
  troublesOf,
} from './comparison-tables.js';
import type { Comparison } from './comparison.js';
import { markdownTable, plainTable, type Table } from './table.js';

/**
 * Returns a comparison as a Markdown page.
 *
 * @param more lines at its end
 */
export function comparisonMarkdown(
  title: string,
  comparison: Comparison,
  more: readonly string[] = [],
  differences: readonly Difference[] = [],
): string {
  const paragraphs = [
    `# ${title}`,
    ...parts(comparison, differences, markdownTable),
    troublesOf(comparison)
      .map((trouble) => `- ${trouble.replaceAll('\n', ' ')}`)
      .join('\n'),
    ...more,
  ];
  return `${paragraphs
    .filter((text) => text !== '')
    .join('\n\n')
    .trimEnd()}\n`;
}

/** Returns a comparison as plain text. */
export const comparisonText = (comparison: Comparison, differences: readonly Difference[] = []): string =>
  [...parts(comparison, differences, plainTable), troublesOf(comparison).join('\n')].join('\n\n').trimEnd();

function parts(comparison: Comparison, differences: readonly Difference[], draw: (table: Table) => string): string[] {
  const first = comparison.runs[0]?.name ?? '';
  return [
    draw(comparisonTable(comparison)),
    FRONT_NOTE,
    ...(differences.length === 0 ? [] : [draw(differenceTable(first, comparison.guides, differences)), DIFFERENCE_NOTE]),
  ];
}
