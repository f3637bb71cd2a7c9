import { Type } from '@sinclair/typebox';
import { path, values } from './parts.js';

/** A grid of runs: `diffusteer sweep`. */
export const sweepSchema = Type.Object(
  {
    base: Type.Union([Type.String({ minLength: 1 }), Type.Object({}, { additionalProperties: true })], {
      description: 'The run that is varied: a config of `generate` as a file, or written here. Its own `output` is not used.',
    }),
    set: values('Values of all runs, by path: `{ "samplesPerTarget": 2 }`.'),
    grid: Type.Record(Type.String(), Type.Array(Type.Unknown(), { minItems: 1 }), {
      minProperties: 1,
      description:
        'Values to try, by path: `{ "sampler.steps": [25, 50, 100], "guidance.0.weight": [0.5, 1] }` makes six runs, the last path varies fastest.',
    }),
    output: path('Folder of the sweep: a run folder for each point of the grid, sweep.json, sweep.md and front.svg.'),
  },
  { title: 'diffusteer sweep' },
);
