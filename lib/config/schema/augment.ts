import { Type } from '@sinclair/typebox';
import { clauseDefinition, clauses } from './clause.js';
import { allDefaults, device, enumOf, nearCopyBounds, path, seed, stepWindow, values, where } from './parts.js';

/** Returns the schema of a labelled file. */
export const labelledFile = (what: string) =>
  Type.Object(
    {
      file: path(`${what}, relative to --data: .csv or .jsonl, optionally .gz.`),
      text: Type.String({ minLength: 1, default: 'text', description: 'Column (or field) that holds the text.' }),
      label: Type.String({ minLength: 1, default: 'label', description: 'Column (or field) that holds the label.' }),
      where,
    },
    { description: `${what}.` },
  );

const classify = Type.Object(
  {
    via: enumOf(['gradient', 'x0-gradient'], {
      default: 'gradient',
      description: 'What the guide reads: the latents, or the predicted x_0.',
    }),
    weight: Type.Number({ minimum: 0, default: 1, description: 'Multiplies the steering step of the guide.' }),
    window: Type.Optional(stepWindow('The part of the reverse steps in which the guide acts. Default: [0, 0.95].')),
  },
  { ...allDefaults, description: 'The guide that steers each text towards its label.' },
);

/** Schema of what a generated text must pass to become a row. */
const filter = Type.Object(
  {
    rank: Type.Integer({
      minimum: 0,
      default: 1,
      description:
        'A text is kept if its label is among this many labels that a classifier of words, which did not guide, finds most likely. 0 keeps all.',
    }),
    embedder: Type.Optional(
      path(
        "Folder of a sentence encoder in the layout of transformers.js. The classifier then compares the vector of a text with the mean vectors of the labels' rows, instead of words.",
      ),
    ),
    ...nearCopyBounds('a given row or with another kept text'),
    tries: Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: 5,
      description: 'Most texts that are generated per row that is wanted. A label that needs more stays short.',
    }),
  },
  { ...allDefaults, description: 'What a text must pass to become a row.' },
);

const rewrite = Type.Object(
  {
    keep: Type.Integer({
      minimum: 1,
      maximum: 100,
      default: 3,
      description:
        'Words of a given row that stay: those that the fewest other labels have. The name of a label keeps all of its words.',
    }),
    gap: Type.Integer({
      minimum: 1,
      maximum: 100,
      default: 2,
      description: 'Most words that the model writes between two words that stay, before them and after them.',
    }),
  },
  {
    description:
      'Writes each text around the words of a given row that tell its label: the guide `infill` holds them in their order. No guide of labels is trained or used.',
  },
);

/** Schema of rows made from labelled rows: `diffusteer augment`. */
export const augmentSchema = Type.Object(
  {
    data: labelledFile('Labelled rows, at least two per label'),
    from: path('Folder of the base model, relative to the working directory or, if it is not there, to the package.'),
    perLabel: Type.Integer({ minimum: 1, maximum: 100_000, description: 'Rows to make per label.' }),
    labelNames: Type.Boolean({
      default: false,
      description:
        'Whether the name of each label counts as a given row: `card_arrival` as "card arrival". The filter learns it, `rewrite` writes around it, and augmented.csv has it; the models do not train on it.',
    }),
    classify,
    rewrite: Type.Optional(rewrite),
    guidance: clauses('Further clauses that must all hold for each text, such as `length` or `words`.'),
    filter,
    train: values('Values for the fine-tuning of the base model, by path, as in a config of `train`.'),
    trainDecoder: values(
      'Values for the fine-tuning of the language model in `decoder/` of the base model, by path, as in a config of `train-judge`.',
    ),
    trainGuide: values('Values for the training of the guide `classify`, by path, as in a config of `train-guide`.'),
    generate: values('Values for the generation of the texts, by path, as in a config of `generate`.'),
    output: path(
      'Folder of the run: generated.csv, augmented.csv, provenance.jsonl, report.html. A stopped run resumes from it.',
    ),
    seed,
    device,
  },
  { title: 'diffusteer augment', $defs: clauseDefinition },
);
