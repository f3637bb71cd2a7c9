import { join } from 'node:path';
import { inputError } from '../base/errors.js';
import { locate } from '../base/locate.js';
import { readJson, type SweepConfig } from '../config/index.js';
import { forAll, type SeriesRun, type Values, varied } from './varied.js';

export type SweepRun = SeriesRun & Pick<GridPoint, 'values'>;

/**
 * Returns the runs of a sweep, one per point of its grid.
 *
 * @param where the sweep's file, for messages
 * @throws InputError with the problems of all runs
 */
export async function sweepRuns({ base, set, grid, output }: SweepConfig, where: string): Promise<SweepRun[]> {
  const config = typeof base === 'string' ? await readJson(locate(base)) : base;
  const source = typeof base === 'string' ? base : '/base';
  return forAll(where, expandGrid(grid, where), ({ name, values }) => {
    const own = { output: join(output, name) };
    return { name, values, config: varied(config, [set, values, own], source), where: `${where} ${name}` };
  });
}

export interface GridPoint {
  /** Name of the run's folder: `steps=25,weight=0.5`. */
  readonly name: string;
  readonly values: Values;
}

/** Most runs of a grid: more are taken for a mistake. */
const MAX_POINTS = 1000;

const MAX_VALUE = 24;

/**
 * Returns every combination of the values, the last path varying fastest. A path is named by its last part if that is unique, a value
 * that is not a short word or number by its position in the list: `guidance=#2`.
 *
 * @throws InputError if the grid is too large, or has a value twice
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

/** Returns the fewest last parts of a path that no other path ends in. */
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
    throw inputError(where, `/grid/${path}: ${twice} is listed twice; each of its runs would be made twice`);
  return values.map((value, i) => {
    const text = typeof value === 'string' ? value : texts[i]!;
    return /^[A-Za-z0-9.+-]+$/.test(text) && text.length <= MAX_VALUE ? text : `#${i + 1}`;
  });
}
