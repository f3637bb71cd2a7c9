import { parse } from 'csv-parse/sync';
import { inputError, messageOf, type Problem, throwProblems } from '../base/errors.js';
import type { Row } from './types.js';

/** A record of a CSV file with its first line. */
interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
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
  const [header, ...records] = recordsOf(path, text);
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

/** Returns the records; a blank line is one with an empty field. Blank lines at the end are left out. */
function recordsOf(path: string, text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let last = 0; // line of the previous record
  const keep = (fields: readonly string[], { lines }: { readonly lines: number }): null => {
    const line = Math.max(last + 1, lines - fields.reduce((sum, field) => sum + breaksIn(field), 0));
    for (let blank = last + 1; blank < line; blank++) records.push({ line: blank, fields: BLANK });
    records.push({ line, fields });
    last = lines;
    return null; // csv-parse keeps nothing, not even its record of a blank line
  };
  try {
    parse(text, { relax_column_count: true, skip_empty_lines: true, max_record_size: MAX_RECORD, on_record: keep });
  } catch (error) {
    throw inputError(path, `${messageOf(error)}; expected CSV as in RFC 4180, a quote inside a quoted field doubled`);
  }
  return records;
}

/** Most bytes of a record: more is taken for a quote that was never closed. */
const MAX_RECORD = 1_000_000;

const BLANK: readonly string[] = [''];

const breaksIn = (field: string): number => (field.includes('\n') ? field.split('\n').length - 1 : 0);

const SHOWN_COLUMNS = 50;

function columnIndex(path: string, header: readonly string[], column: string | undefined): number {
  const names = header.slice(0, SHOWN_COLUMNS).join(', ');
  const there = `the columns are: ${names}${header.length > SHOWN_COLUMNS ? `, and ${header.length - SHOWN_COLUMNS} more` : ''}`;
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
