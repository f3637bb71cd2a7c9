import { type Problem, throwProblems } from '../../base/errors.js';
import type { Row } from '../../text/types.js';

/**
 * Checks the labels of a corpus before an hour of training does: rows without one, labels with a single row, and labels that differ
 * only in case or spaces, which are mistakes of spelling.
 *
 * @throws InputError with the lines of all of them
 */
export function checkLabels(path: string, rows: readonly Row[]): void {
  const linesOf = new Map<string, number[]>();
  for (const { line, fields = {} } of rows) {
    const label = (fields['label'] ?? '').trim();
    const lines = linesOf.get(label);
    if (lines) lines.push(line);
    else linesOf.set(label, [line]);
  }
  const missing = (linesOf.get('') ?? []).map((line): Problem => ({
    path: `line ${line}`,
    message: 'expected a label in each row that has a text; give it one, or remove the row',
  }));
  linesOf.delete('');
  throwProblems(path, [...missing, ...twins(linesOf), ...loners(linesOf)]);
}

function loners(linesOf: ReadonlyMap<string, readonly number[]>): Problem[] {
  return [...linesOf]
    .filter(([, lines]) => lines.length === 1)
    .map(([label, [line]]) => ({
      path: `line ${line}`,
      message: `the label "${label}" has only this row, from which it cannot be learned; add rows of it, or remove this one`,
    }));
}

function twins(linesOf: ReadonlyMap<string, readonly number[]>): Problem[] {
  const first = new Map<string, string>();
  return [...linesOf].flatMap(([label, [line]]): Problem[] => {
    const spelling = label.toLowerCase().replace(/\s+/g, ' ');
    const other = first.get(spelling);
    if (other === undefined) first.set(spelling, label);
    if (other === undefined) return [];
    const message = `the label "${label}" differs from "${other}" (line ${linesOf.get(other)![0]}) only in case or spaces; spell them alike`;
    return [{ path: `line ${line}`, message }];
  });
}

/** Checks that training rows have all labels of validation rows. @throws InputError with all others */
export function requireKnownLabels(
  path: string,
  held: readonly (string | undefined)[],
  train: readonly (string | undefined)[],
): void {
  const known = new Set(train);
  const unknown = [...new Set(held)].filter((label) => !known.has(label));
  const why = 'has no row in the training corpus; add some, or remove it here';
  throwProblems(path, unknown.map((label) => ({ path: '', message: `the label "${label ?? ''}" ${why}` }))); // prettier-ignore
}
