import { join } from 'node:path';
import { readJson, type SweepConfig } from '../config/index.js';
import { locate } from '../base/locate.js';
import { expandGrid, type GridPoint } from './grid.js';
import { forAll, varied, type SeriesRun } from './varied.js';

export type SweepRun = SeriesRun & Pick<GridPoint, 'values'>;

/**
 * The runs of a sweep, one a point of its grid.
 * Errors: an InputError with the problems of all of them.
 *
 * @param where the sweep's file, for messages
 */
export async function sweepRuns({ base, set, grid, output }: SweepConfig, where: string): Promise<SweepRun[]> {
  const config = typeof base === 'string' ? await readJson(locate(base)) : base;
  const source = typeof base === 'string' ? base : '/base';
  return forAll(where, expandGrid(grid, where), ({ name, values }) => {
    const own = { output: join(output, name) };
    return { name, values, config: varied(config, [set, values, own], source), where: `${where} ${name}` };
  });
}
