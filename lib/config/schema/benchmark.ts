import { Type } from '@sinclair/typebox';
import { allDefaults, path, values } from './parts.js';

const name = (description: string) => Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9.+_-]*$', description });

const control = Type.Object({
  guide: Type.String({ minLength: 1, description: "The guide whose judge's score it is, by its label: `attribute`." }),
  measure: Type.Optional(
    Type.String({ minLength: 1, description: 'Another definition that the judge gives beside its score: `literal`.' }),
  ),
  title: Type.Optional(Type.String({ minLength: 1, description: 'Head of the column. Default: guide and measure.' })),
  main: Type.Boolean({ default: true, description: 'Whether it stands in the table of all tasks too.' }),
});

const task = Type.Object({
  name: name('Name that rows and published figures use.'),
  title: Type.String({ minLength: 1, description: 'Head of its table.' }),
  controls: Type.Array(control, { minItems: 1, description: 'What counts as success, a column each.' }),
});

const row = Type.Object({
  name: name('Name of the run, and of its folder in `output`.'),
  task: Type.String({ minLength: 1, description: 'A task by its name.' }),
  method: Type.String({ minLength: 1, description: 'How the texts are made, as the tables name it.' }),
  config: path('Config of `generate`, here or in the package.'),
  targets: Type.Optional(path('File of targets inside --targets. Default: those of the config.')),
  budgetOf: Type.Optional(
    Type.String({ minLength: 1, description: 'A row above whose seconds a text the `method` of this one may take.' }),
  ),
  set: values('Values that differ from the config, by path.'),
});

const published = Type.Object({
  method: Type.String({ minLength: 1, description: 'How the tables name it.' }),
  source: Type.String({ minLength: 1, description: 'Paper and table that the figures stand in.' }),
  figures: Type.Record(
    Type.String(),
    Type.Object({
      control: Type.Array(Type.Union([Type.Number(), Type.Null()]), {
        description: 'Percent, one a control of the task; null where the paper has none.',
      }),
      fluency: Type.Optional(Type.Number({ description: "The paper's lm-score." })),
    }),
    { description: 'Figures by task.' },
  ),
});

/** A table of runs beside published figures: `diffusteer benchmark`. */
export const benchmarkSchema = Type.Object(
  {
    output: path('Folder of the benchmark: a run folder a row, results.json, results.md and results.svg.'),
    tasks: Type.Array(task, { minItems: 1, description: 'The tables, in their order.' }),
    rows: Type.Array(row, { minItems: 1, description: 'The runs. A run that stands in its folder already is taken as it is.' }),
    published: Type.Array(published, { default: [], description: 'Figures of papers, printed beside.' }),
    quick: Type.Object(
      {
        targets: Type.Integer({ minimum: 1, default: 6, description: 'Targets of each row, evenly over its list.' }),
        samplesPerTarget: Type.Integer({ minimum: 1, default: 1, description: 'Texts for each target.' }),
        set: values('Further values of all rows, by path.'),
      },
      { ...allDefaults, description: 'What --quick makes of every row, in the folder `output` + `-quick`.' },
    ),
  },
  { title: 'diffusteer benchmark' },
);
