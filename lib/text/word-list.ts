import { extname } from 'node:path';
import { type Problem, throwProblems } from '../base/errors.js';
import { csvRows } from './csv.js';
import { lines, readText } from './read-text.js';

/** A file of words or phrases. */
export interface WordListFile {
  readonly file: string;
  /** Column of a CSV file that holds them. */
  readonly column?: string;
  /** Values that other columns of the CSV file must have: one, or any of several. */
  readonly where?: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * Reads a list of words or phrases: one per line, `#` begins a comment, or a column of a CSV file with a header row, in which a slash separates
 * spellings (`colour/color`).
 *
 * @throws InputError if the file cannot be read or gives no words
 */
export async function readWordList({ file, column, where = {} }: WordListFile): Promise<string[]> {
  const text = await readText(file);
  const words = extname(file.replace(/\.gz$/, '')) === '.csv' ? columnWords(file, text, column, where) : lineWords(text);
  const problems: Problem[] = words.length > 0 ? [] : [{ path: '', message: emptyList(where) }];
  throwProblems(file, problems);
  return words;
}

const lineWords = (text: string): string[] =>
  lines(text).flatMap((line) => {
    const word = line.text.replace(/(?:^|\s)#.*$/u, '').trim();
    return word === '' ? [] : [word];
  });

function columnWords(
  file: string,
  text: string,
  column: string | undefined,
  where: NonNullable<WordListFile['where']>,
): string[] {
  const conditions = Object.entries(where).map(([name, values]) => [name, [values].flat().map(folded)] as const);
  const rows = csvRows(file, text, column, Object.fromEntries(conditions.map(([name]) => [name, name])));
  return rows
    .filter(({ fields }) => conditions.every(([name, values]) => values.includes(folded(fields![name]!))))
    .flatMap((row) => row.text.split('/'))
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

const folded = (value: string): string => value.trim().toLowerCase();

function emptyList(where: NonNullable<WordListFile['where']>): string {
  const conditions = Object.entries(where).map(([name, values]) => `"${name}" is ${[values].flat().join(' or ')}`);
  return conditions.length === 0
    ? 'holds no words; expected one per line'
    : `has no row in which ${conditions.join(' and ')}; look at the values of these columns`;
}
