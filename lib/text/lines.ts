import { InputError, type Problem } from '../base/errors.js';
import type { Row } from './types.js';

/** How many wrong lines one error names. */
const MAX_PROBLEMS = 20;

/** Lines of a text, numbered from 1; the newline at the end of the file begins no row. */
export function lines(text: string): Row[] {
  const parts = text.split(/\r?\n/);
  if (parts.at(-1) === '') parts.pop();
  return parts.map((part, i) => ({ line: i + 1, text: part }));
}

/** Throws one InputError for all problems, where there are any; names the first 20. */
export function throwAny(path: string, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const more = problems.length - MAX_PROBLEMS;
  throw new InputError(
    path,
    more > 0 ? [...problems.slice(0, MAX_PROBLEMS), { path: '', message: `and ${more} more` }] : problems,
  );
}
