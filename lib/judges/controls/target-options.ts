import { InputError, type Problem } from '../../base/errors.js';
import { isRecord } from '../../base/is-record.js';

/** A target as its judge reads it, or what is wrong with it (paths relative to the target). */
export type Reading<T> = { readonly target: T } | { readonly problems: readonly Problem[] };

/**
 * Reads every target.
 *
 * @throws InputError with the problems of all targets, as `/2/tags` for the third
 */
export function readJudgeOptions<T>(
  judge: string,
  texts: readonly unknown[],
  targets: readonly unknown[],
  read: (options: Readonly<Record<string, unknown>>) => Reading<T>,
): T[] {
  const where = `targets of the judge ${judge}`;
  if (texts.length !== targets.length)
    throw new InputError(where, [
      { path: '', message: `expected one target per text, got ${targets.length} for ${texts.length} texts` },
    ]);
  const problems: Problem[] = [];
  const good: T[] = [];
  targets.forEach((options, i) => {
    const reading = isRecord(options)
      ? read(options)
      : problem('', `expected an object of the guide's options, got ${shown(options)}`);
    if ('target' in reading) good.push(reading.target);
    else problems.push(...reading.problems.map((p) => ({ path: `/${i}${p.path}`, message: p.message })));
  });
  if (problems.length > 0) throw new InputError(where, problems);
  return good;
}

export const problem = (path: string, message: string): { problems: Problem[] } => ({ problems: [{ path, message }] });

export const isWords = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((word) => typeof word === 'string');

/** Returns a value as an error message shows it. */
export function shown(value: unknown): string {
  const text = value === undefined ? 'undefined' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
