import { computed, signal } from '@preact/signals';
import { config, parsed, text } from './document.js';
import { JsonSyntaxError, keysOf, positionOf, type Range } from './json-source.js';

/** A problem of the config: the JSON path of the faulty value, and what is wrong with it. */
export interface ConfigProblem {
  readonly path: string;
  readonly message: string;
}

/** Problems that the server found in the config as it stands. */
export const found = signal<readonly ConfigProblem[]>([]);

/** Whether the server has checked the present text. */
export const isChecked = signal(false);

/** The problems of the config: a syntax error, or what the server found. */
export const problems = computed<readonly ConfigProblem[]>(() => {
  const read = parsed.value;
  if (!(read instanceof JsonSyntaxError)) return found.value;
  const { line, column } = positionOf(text.value, read.offset);
  return [{ path: '', message: `line ${line}, column ${column}: ${read.message}` }];
});

export const isUnder = (path: string, of: string): boolean => path === of || path.startsWith(`${of}/`);

/** Returns the problems of a value and of everything in it. */
export const problemsUnder = (path: string): readonly ConfigProblem[] => problems.value.filter((p) => isUnder(p.path, path));

/** Returns where in the text a problem is: the range of its value or of the nearest value around it. */
export function rangeOf({ path }: ConfigProblem): Range | undefined {
  const read = parsed.value;
  if (read instanceof JsonSyntaxError) return { from: read.offset, to: Math.min(text.value.length, read.offset + 1) };
  for (let at = path; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const range = read.ranges.get(at);
    if (range !== undefined || at === '') return at === '' ? undefined : range;
  }
}

/** Returns how a person would call the place of a problem: `words › all › 2`, counted from 1. */
export function placeName(path: string): string {
  let value: unknown = config.value;
  const names: string[] = [];
  for (const key of keysOf(path)) {
    const inList = Array.isArray(value);
    value = (value as Record<string, unknown> | null | undefined)?.[key];
    const guide = (value as { guide?: unknown } | null | undefined)?.guide;
    names.push(typeof guide === 'string' ? guide : inList ? String(Number(key) + 1) : key);
  }
  return names.filter((name, i) => !(i === 0 && name === 'guidance' && names.length > 1)).join(' › ');
}
