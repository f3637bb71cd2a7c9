import { Type } from '@sinclair/typebox';
import { allDefaults, path, values } from './parts.js';

const name = (description: string) => Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9.+_-]*$', description });

const control = Type.Object({
  guide: Type.String({ minLength: 1, description: 'Label of the guide whose judge gives the score: `attribute`.' }),
  measure: Type.Optional(
    Type.String({ minLength: 1, description: 'Another measure that the judge reports next to its score: `literal`.' }),
  ),
  title: Type.Optional(Type.String({ minLength: 1, description: 'Column heading. Default: guide and measure.' })),
  main: Type.Boolean({ default: true, description: 'Whether the table of all tasks shows it as well.' }),
});

const task = Type.Object({
  name: name('Name by which rows and published figures refer to the task.'),
  title: Type.String({ minLength: 1, description: 'Heading of its table.' }),
  controls: Type.Array(control, { minItems: 1, description: 'Measures of success, one column each.' }),
});

const row = Type.Object({
  name: name('Name of the run, and of its folder in `output`.'),
  task: Type.String({ minLength: 1, description: 'Name of the task.' }),
  method: Type.String({ minLength: 1, description: 'Name of the method in the tables.' }),
  config: path('Config of `generate`, relative to the working directory or, if it is not there, to the package.'),
  targets: Type.Optional(path('File of targets inside --targets. Default: the targets of the config.')),
  budgetOf: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'An earlier row whose seconds per text are the time budget of the `method` of this row.',
    }),
  ),
  set: values('Values that replace those of the config, by path.'),
});

const published = Type.Object({
  method: Type.String({ minLength: 1, description: 'Name of the method in the tables.' }),
  source: Type.String({ minLength: 1, description: 'Paper and table that the figures come from.' }),
  figures: Type.Record(
    Type.String(),
    Type.Object({
      control: Type.Array(Type.Union([Type.Number(), Type.Null()]), {
        description: 'Percentages, one per control of the task; null if the paper reports none.',
      }),
      fluency: Type.Optional(Type.Number({ description: "The paper's lm-score." })),
    }),
    { description: 'Figures by task.' },
  ),
});

/** Schema of a table of runs next to published figures: `diffusteer benchmark`. */
export const benchmarkSchema = Type.Object(
  {
    output: path('Folder of the benchmark: a run folder per row, results.json, results.md and results.svg.'),
    tasks: Type.Array(task, { minItems: 1, description: 'The tables, in order.' }),
    rows: Type.Array(row, { minItems: 1, description: 'The runs. A run that is already in its folder is used as it is.' }),
    published: Type.Array(published, { default: [], description: 'Figures from papers, shown next to the results.' }),
    quick: Type.Object(
      {
        targets: Type.Integer({ minimum: 1, default: 6, description: 'Targets per row, spread evenly over its list.' }),
        samplesPerTarget: Type.Integer({ minimum: 1, default: 1, description: 'Texts per target.' }),
        set: values('Further values for all rows, by path.'),
      },
      { ...allDefaults, description: 'Changes that --quick makes to every row; results go to the folder `output` + `-quick`.' },
    ),
  },
  { title: 'diffusteer benchmark' },
);
