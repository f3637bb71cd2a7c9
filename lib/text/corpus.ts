import { inputError, type Problem } from '../errors.js';
import { csvRows } from './csv.js';
import { lines, throwAny } from './lines.js';
import { readText } from './read-text.js';
import type { Row } from './types.js';

export type CorpusFormat = 'csv' | 'jsonl' | 'text';

export interface CorpusOptions {
  /** The column of a CSV file that holds the text; may be left out where there is only one. */
  readonly column?: string;
  /** The field of a JSON line that holds the text; `text` by default. */
  readonly field?: string;
  /** By default it follows from the file's name: .csv, .jsonl (.ndjson) or .txt, each perhaps with .gz. */
  readonly format?: CorpusFormat;
}

export interface Corpus {
  readonly path: string;
  readonly format: CorpusFormat;
  readonly rows: readonly Row[];
  /** Rows that hold no text; rows too long for a model are for the one who knows its canvas. */
  readonly skipped: readonly { readonly line: number; readonly why: string }[];
}

/** The rows of a corpus file: CSV with a header row, JSON lines or plain text with a row a line. Throws InputError. */
export async function readCorpus(path: string, options: CorpusOptions = {}): Promise<Corpus> {
  const format = options.format ?? formatOf(path);
  const text = await readText(path);
  const all =
    format === 'csv'
      ? csvRows(path, text, options.column)
      : format === 'jsonl'
        ? jsonRows(path, text, options.field ?? 'text')
        : lines(text);
  const rows = all.filter((row) => row.text.trim() !== '');
  if (rows.length === 0) throw inputError(path, 'the corpus is empty, expected at least one row with text in it');
  const skipped = all.filter((row) => row.text.trim() === '').map(({ line }) => ({ line, why: 'empty' }));
  return { path, format, rows, skipped };
}

function formatOf(path: string): CorpusFormat {
  const name = path.toLowerCase().replace(/\.gz$/, '');
  if (name.endsWith('.csv')) return 'csv';
  if (name.endsWith('.jsonl') || name.endsWith('.ndjson')) return 'jsonl';
  if (name.endsWith('.txt')) return 'text';
  throw inputError(
    path,
    'expected a name that ends in .csv, .jsonl, .ndjson or .txt (and .gz); rename the file or give its format: csv, jsonl or text',
  );
}

function jsonRows(path: string, text: string, field: string): Row[] {
  const problems: Problem[] = [];
  const rows = lines(text).map((row) => {
    if (row.text.trim() === '') return row;
    const found = fieldOf(row.text, field);
    if ('wrong' in found) problems.push({ path: `line ${row.line}`, message: found.wrong });
    return { line: row.line, text: 'text' in found ? found.text : '' };
  });
  throwAny(path, problems);
  return rows;
}

function fieldOf(json: string, field: string): { text: string } | { wrong: string } {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { wrong: 'expected a JSON object on one line, got something that is no JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { wrong: `expected a JSON object, got ${json.slice(0, 40)}` };
  if (!Object.hasOwn(value, field))
    return { wrong: `the field "${field}" is missing; there are: ${Object.keys(value).join(', ')}` };
  const text = (value as Record<string, unknown>)[field];
  return typeof text === 'string'
    ? { text }
    : { wrong: `expected text in the field "${field}", got ${JSON.stringify(text).slice(0, 40)}` };
}
