import { join } from 'node:path';
import { InputError, type Problem, throwProblems } from '../base/errors.js';
import type { AugmentConfig } from '../config/index.js';
import { readCorpus } from '../text/corpus.js';
import { splitWords } from '../text/split-words.js';

/** A file of labelled rows, and the columns to read. */
export type LabelledFile = AugmentConfig['data'];

/** A labelled row of a file. */
export interface GivenRow {
  /** Line of the file, from 1; 0 for the name of a label. */
  readonly line: number;
  readonly text: string;
  readonly words: readonly string[];
  readonly label: string;
}

/** The labelled rows of a file. */
export interface GivenRows {
  readonly path: string;
  readonly rows: readonly GivenRow[];
  /** In code-unit order. */
  readonly labels: readonly string[];
}

/**
 * Reads the rows of a labelled file that `where` selects. Rows without text are left out.
 *
 * @param dataFolder folder that the path of the file is relative to
 * @throws InputError if a column is missing, no row has a value of `where`, or a row has no label
 */
export async function readGivenRows({ file, text, label, where }: LabelledFile, dataFolder: string): Promise<GivenRows> {
  const path = join(dataFolder, file);
  const { rows: read } = await readCorpus(path, { column: text, field: text, fields: { label }, where });
  const rows = read.map((row): GivenRow => ({
    line: row.line,
    text: row.text,
    words: splitWords(row.text),
    label: row.fields!['label']!.trim(),
  }));
  const bare = rows.filter((row) => row.label === '');
  throwProblems(
    path,
    bare.map(({ line }) => ({ path: `line ${line}`, message: `expected a label in the column "${label}", found none` })),
  );
  return { path, rows, labels: labelsOf(rows) };
}

/**
 * Checks that rows can be augmented.
 *
 * @throws InputError with every label that has one row or differs from another only in case, or if there are fewer than two labels
 */
export function checkGivenRows({ path, rows, labels }: GivenRows): void {
  const byLabel = rowsByLabel(rows);
  const described = (label: string): string => {
    const { length, 0: first } = byLabel.get(label)!;
    return `"${label}" (${length} ${length === 1 ? 'row' : 'rows'}, first in line ${first!.line})`;
  };
  const problems = [...sameButForCase(labels)].map((group): Problem => ({
    path: '',
    message: `expected labels that differ in more than case and spaces, found ${group.map(described).join(' and ')}; spell them alike`,
  }));
  for (const label of labels)
    if (byLabel.get(label)!.length === 1)
      problems.push({
        path: '',
        message: `expected at least 2 rows per label, found ${described(label)}; add rows with it, or remove this one`,
      });
  if (labels.length < 2)
    problems.push({ path: '', message: `expected at least 2 labels to tell apart, found ${labels.map(described).join('')}` });
  throwProblems(path, problems);
}

function* sameButForCase(labels: readonly string[]): Generator<readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const label of labels) {
    const key = label.toLowerCase().replaceAll(/\s+/g, ' ');
    groups.set(key, [...(groups.get(key) ?? []), label]);
  }
  for (const group of groups.values()) if (group.length > 1) yield group;
}

/** Checks that the labels of rows are among known ones. @throws InputError that names the others */
export function checkKnownLabels({ path, labels, rows }: GivenRows, known: readonly string[], of: string): void {
  const strangers = labels.filter((label) => !known.includes(label));
  if (strangers.length === 0) return;
  const problems = strangers.map((label): Problem => ({
    path: `line ${rows.find((row) => row.label === label)!.line}`,
    message: `the label "${label}" is not among the ${known.length} labels of ${of}; select rows with \`where\`, or mend the label`,
  }));
  throw new InputError(path, problems.slice(0, 10));
}

/**
 * Returns the name of each label as a row, in lower case: `card_arrival` and `CardArrival` as "card arrival". A label without a letter has none.
 */
export const labelNameRows = (labels: readonly string[]): GivenRow[] =>
  labels
    .map((label) => ({ label, words: wordsOfLabel(label) }))
    .filter(({ words }) => words.length > 0)
    .map(({ label, words }) => ({ line: 0, text: words.join(' '), words, label }));

const wordsOfLabel = (label: string): string[] =>
  label
    .replaceAll(/(\p{Ll})(?=\p{Lu})/gu, '$1 ')
    .toLowerCase()
    .match(/\p{L}[\p{L}\p{M}\p{N}]*/gu) ?? [];

/** Returns the rows that stand in the file: all but the names of labels. */
export const rowsInFile = (rows: readonly GivenRow[]): GivenRow[] => rows.filter(({ line }) => line > 0);

/** Groups rows by label, in the order of the rows. */
export function rowsByLabel<R extends { readonly label: string }>(rows: readonly R[]): Map<string, R[]> {
  const groups = new Map<string, R[]>();
  for (const row of rows) {
    const group = groups.get(row.label);
    if (group) group.push(row);
    else groups.set(row.label, [row]);
  }
  return groups;
}

const labelsOf = (rows: readonly GivenRow[]): string[] => [...new Set(rows.map(({ label }) => label))].sort();
