import { inputError, type Problem, throwProblems } from '../base/errors.js';
import { csvRows } from './csv.js';
import type { Exclusion } from './exclusions.js';
import { lines, readText } from './read-text.js';
import type { Row } from './types.js';

/** The formats of a corpus file. */
export type CorpusFormat = 'csv' | 'jsonl' | 'text';

/** Values by column: a row is read if each of the columns has its value, or one of its values. */
export type RowFilter = Readonly<Record<string, string | readonly string[]>>;

/** The layout of a corpus file. */
export interface CorpusOptions {
  /** The column of a CSV file that holds the text; optional if there is only one. */
  readonly column?: string;
  /** The field of a JSON object that holds the text. Default `text`. */
  readonly field?: string;
  /** Further columns or fields to read: their names in the file, by their names in the rows. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Rows to read. Default: all. */
  readonly where?: RowFilter;
  /** Says which texts to leave out. Default: none. */
  readonly exclude?: Exclusion | undefined;
  /** Default: by the file's name, .csv, .jsonl (.ndjson) or .txt, each perhaps with .gz. */
  readonly format?: CorpusFormat;
}

/** The rows of a corpus file. */
export interface Corpus {
  readonly path: string;
  readonly format: CorpusFormat;
  readonly rows: readonly Row[];
  /** Rows without text. Rows that are too long for a model are not skipped here. */
  readonly skipped: readonly { readonly line: number; readonly why: string }[];
}

/**
 * Reads a corpus file: CSV with a header row, JSON Lines, or plain text with one row per line.
 *
 * @throws InputError with all problems of the file
 */
export async function readCorpus(path: string, options: CorpusOptions = {}): Promise<Corpus> {
  const format = options.format ?? formatOf(path);
  const text = await readText(path);
  const { where = {}, exclude = () => false } = options;
  const fields = { ...options.fields, ...Object.fromEntries(Object.keys(where).map((column) => [WHERE + column, column])) };
  const read =
    format === 'csv'
      ? csvRows(path, text, options.column, fields)
      : format === 'jsonl'
        ? jsonRows(path, text, options.field ?? 'text', fields)
        : textRows(path, text, fields);
  const chosen = selected(path, read, where);
  const all = chosen.filter((row) => !exclude(row.text));
  if (all.length === 0 && chosen.length > 0) throw inputError(path, 'the exclusions leave out every row; expected at least one that stays'); // prettier-ignore
  const rows = all.filter((row) => row.text.trim() !== '');
  if (rows.length === 0) throw inputError(path, 'the corpus is empty, expected at least one row with text in it');
  const skipped = all.filter((row) => row.text.trim() === '').map(({ line }) => ({ line, why: 'empty' }));
  return { path, format, rows, skipped };
}

/** Prefix of the names under which columns of `where` are read, which may also be fields. */
const WHERE = 'where ';

const MOST_SHOWN = 20;

/** Returns the rows that a filter selects. @throws InputError for a value that no row has, with those that there are */
function selected(path: string, rows: readonly Row[], where: RowFilter): Row[] {
  const conditions = Object.entries(where).map(([column, values]) => ({ column, values: [values].flat() }));
  if (conditions.length === 0) return [...rows];
  const problems = conditions.flatMap(({ column, values }): Problem[] => {
    const there = [...new Set(rows.map(({ fields }) => fields![WHERE + column]!))];
    const shown = there.slice(0, MOST_SHOWN).map((value) => JSON.stringify(value)).join(', '); // prettier-ignore
    const more = there.length > MOST_SHOWN ? `, and ${there.length - MOST_SHOWN} more` : '';
    return values
      .filter((value) => !there.includes(value))
      .map((value) => ({
        path: '',
        message: `no row has ${JSON.stringify(value)} in the column "${column}", as \`where\` asks; its values are ${shown}${more}`,
      }));
  });
  throwProblems(path, problems);
  return rows
    .filter(({ fields }) => conditions.every(({ column, values }) => values.includes(fields![WHERE + column]!)))
    .map(({ fields, ...row }) => {
      const own = Object.entries(fields!).filter(([name]) => !name.startsWith(WHERE));
      return own.length === 0 ? row : { ...row, fields: Object.fromEntries(own) };
    });
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

function textRows(path: string, text: string, fields: CorpusOptions['fields'] = {}): Row[] {
  const [wanted] = Object.values(fields);
  if (wanted !== undefined) throw inputError(path, `a plain text has no column "${wanted}"; expected a CSV or JSON lines file`);
  return lines(text);
}

function jsonRows(path: string, text: string, field: string, fields: CorpusOptions['fields'] = {}): Row[] {
  const problems: Problem[] = [];
  const rows = lines(text).map((row): Row => {
    if (row.text.trim() === '') return row;
    const found = fieldsOf(row.text, [field, ...Object.values(fields)]);
    if ('wrong' in found) problems.push({ path: `line ${row.line}`, message: found.wrong });
    const [main = '', ...others] = 'texts' in found ? found.texts : [];
    const named = Object.keys(fields).map((name, i) => [name, others[i] ?? ''] as const);
    return { line: row.line, text: main, ...(named.length === 0 ? {} : { fields: Object.fromEntries(named) }) };
  });
  throwProblems(path, problems);
  return rows;
}

function fieldsOf(json: string, names: readonly string[]): { texts: string[] } | { wrong: string } {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { wrong: 'expected a JSON object on one line, got something else' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { wrong: `expected a JSON object, got ${json.slice(0, 40)}` };
  const texts: string[] = [];
  for (const name of names) {
    if (!Object.hasOwn(value, name))
      return { wrong: `the field "${name}" is missing; there are: ${Object.keys(value).join(', ')}` };
    const text = (value as Record<string, unknown>)[name];
    if (typeof text !== 'string')
      return { wrong: `expected text in the field "${name}", got ${JSON.stringify(text).slice(0, 40)}` };
    texts.push(text);
  }
  return { texts };
}
