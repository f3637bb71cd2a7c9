import { parse } from 'csv-parse/sync';
import { inputError, messageOf, type Problem, throwProblems } from '../base/errors.js';
import type { Row } from './types.js';

interface CsvRecord {
  readonly record: string[];
  /** `lines` is the last line of the record, counted from 1. */
  readonly info: { readonly lines: number };
}

/**
 * Reads one column of a CSV file (RFC 4180) with a header row; `line` is a record's first line.
 *
 * @param fields further columns, by their names in the rows
 * @throws InputError with all problems of the file
 */
export function csvRows(
  path: string,
  text: string,
  column: string | undefined,
  fields: Readonly<Record<string, string>> = {},
): Row[] {
  const [header, ...records] = numbered(parseCsv(path, text));
  if (!header) throw inputError(path, 'the corpus is empty, expected a header row and at least one more');
  const index = columnIndex(path, header.fields, column);
  const others = Object.entries(fields).map(([name, of]) => [name, columnIndex(path, header.fields, of)] as const);
  const problems: Problem[] = [];
  const width = header.fields.length;
  const rows = records.map(({ line, fields: cells }) => {
    const blank = cells.length === 1 && cells[0] === '';
    if (!blank && cells.length !== width)
      problems.push({
        path: `line ${line}`,
        message: `expected ${width} fields as in the header row, got ${cells.length}; quote fields that hold a comma`,
      });
    const row = { line, text: blank ? '' : (cells[index] ?? '') };
    return others.length === 0
      ? row
      : { ...row, fields: Object.fromEntries(others.map(([name, at]) => [name, cells[at] ?? ''])) };
  });
  throwProblems(path, problems);
  return rows;
}

function parseCsv(path: string, text: string): CsvRecord[] {
  try {
    return parse(text, { info: true, relax_column_count: true }) as unknown as CsvRecord[];
  } catch (error) {
    throw inputError(path, `${messageOf(error)}; expected CSV as in RFC 4180, a quote inside a quoted field doubled`);
  }
}

/** Returns the fields of each record with its first line: the one after the last line of the previous record. */
function numbered(records: readonly CsvRecord[]): { line: number; fields: string[] }[] {
  return records.map(({ record }, i) => ({ line: (records[i - 1]?.info.lines ?? 0) + 1, fields: record }));
}

function columnIndex(path: string, header: readonly string[], column: string | undefined): number {
  const there = `the columns are: ${header.join(', ')}`;
  if (column === undefined) {
    if (header.length === 1) return 0;
    throw inputError(path, `expected the name of the column that holds the text; ${there}`);
  }
  const index = header.indexOf(column);
  if (index < 0) throw inputError(path, `line 1: there is no column "${column}"; ${there}`);
  return index;
}

/** Returns the text of a CSV file (RFC 4180) with a header row. Fields are quoted if they need it. */
export const csvText = (header: readonly string[], records: readonly (readonly string[])[]): string =>
  [header, ...records].map((fields) => `${fields.map(quoted).join(',')}\n`).join('');

const quoted = (field: string): string =>
  /[",\r\n]|^\s|\s$/.test(field) || field === '' ? `"${field.replaceAll('"', '""')}"` : field;
