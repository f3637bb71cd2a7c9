import { inputError } from '../base/errors.js';
import type { Values } from './varied.js';

export interface GridPoint {
  /** A folder's name: `steps=25,weight=0.5`. */
  readonly name: string;
  readonly values: Values;
}

/** Runs that a grid may have: more is a slip of the pen. */
const MAX_POINTS = 1000;
const MAX_VALUE = 24;

/**
 * Every combination of the values, the last path varying fastest. A path is named by its last part where that tells it apart, a value
 * that is no short word or number by its place in the list: `guidance=#2`.
 * Errors: an InputError where the grid is too large, or names a value twice.
 */
export function expandGrid(grid: Readonly<Record<string, readonly unknown[]>>, where: string): GridPoint[] {
  const paths = Object.keys(grid);
  const count = paths.reduce((product, path) => product * grid[path]!.length, 1);
  if (count > MAX_POINTS) throw inputError(where, `/grid: expected at most ${MAX_POINTS} runs, these lists make ${count}`);
  let points: GridPoint[] = [{ name: '', values: {} }];
  for (const path of paths) {
    const labels = valueLabels(path, grid[path]!, where);
    const key = shortName(path, paths);
    points = points.flatMap(({ name, values }) =>
      grid[path]!.map((value, i) => ({
        name: `${name}${name === '' ? '' : ','}${key}=${labels[i]!}`,
        values: { ...values, [path]: value },
      })),
    );
  }
  return points;
}

/** The fewest last parts of a path that no other path ends in. */
function shortName(path: string, paths: readonly string[]): string {
  const parts = path.split('.');
  const ends = parts.map((_, i) => parts.slice(parts.length - 1 - i).join('.'));
  const isOwn = (end: string) => paths.every((other) => other === path || !`.${other}`.endsWith(`.${end}`));
  return (ends.find(isOwn) ?? path).replaceAll(/[^A-Za-z0-9.+-]/g, '_');
}

function valueLabels(path: string, values: readonly unknown[], where: string): string[] {
  const texts = values.map((value) => JSON.stringify(value));
  const twice = texts.find((text, i) => texts.indexOf(text) < i);
  if (twice !== undefined)
    throw inputError(where, `/grid/${path}: ${twice} stands there twice; each of its runs would be made twice`);
  return values.map((value, i) => {
    const text = typeof value === 'string' ? value : texts[i]!;
    return /^[A-Za-z0-9.+-]+$/.test(text) && text.length <= MAX_VALUE ? text : `#${i + 1}`;
  });
}
