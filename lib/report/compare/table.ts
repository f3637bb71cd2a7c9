/** Rows of cells below a head; the first columns are words, the others figures. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns from the left that hold words. Default 1. */
  readonly words?: number;
}

/** Returns a table as aligned plain text: words flush left, figures flush right. */
export function plainTable({ head, rows, words = 1 }: Table): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const padded = (cell: string, column: number): string =>
    column < words ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
  return all.map((row) => row.map(padded).join('  ').trimEnd()).join('\n');
}

/** Returns a table as Markdown. */
export function markdownTable({ head, rows, words = 1 }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;
  const rule = head.map((_, column) => (column < words ? '---' : '--:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

const escaped = (cell: string): string => cell.replaceAll('|', '\\|').replaceAll('\n', ' ');
