import { Type } from '@sinclair/typebox';
import { path, values } from './parts.js';

/** Schema of a grid of runs: `diffusteer sweep`. */
export const sweepSchema = Type.Object(
  {
    base: Type.Union([Type.String({ minLength: 1 }), Type.Object({}, { additionalProperties: true })], {
      description: 'The run to vary: the path of a config of `generate`, or the config itself. Its `output` is not used.',
    }),
    set: values('Values for all runs, by path: `{ "samplesPerTarget": 2 }`.'),
    grid: Type.Record(Type.String(), Type.Array(Type.Unknown(), { minItems: 1 }), {
      minProperties: 1,
      description:
        'Values to try, by path: `{ "sampler.steps": [25, 50, 100], "guidance.0.weight": [0.5, 1] }` makes six runs; the last path varies fastest.',
    }),
    output: path('Folder of the sweep: a run folder for each point of the grid, sweep.json, sweep.md and front.svg.'),
  },
  { title: 'diffusteer sweep' },
);
