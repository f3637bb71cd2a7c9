import { Type } from '@sinclair/typebox';
import { labelledFile } from './augment.js';
import { allDefaults, device, enumOf, path, values } from './parts.js';

/** Ways to make rows that a benchmark of augmentation compares. */
export const augmentMethods = ['none', 'names', 'eda', 'autoregressive', 'fudge', 'ours', 'real'] as const;

const drawing = {
  temperature: Type.Number({
    exclusiveMinimum: 0,
    maximum: 10,
    default: 1,
    description: "Divides the language model's log-probabilities.",
  }),
  topP: Type.Number({
    exclusiveMinimum: 0,
    maximum: 1,
    default: 0.95,
    description: 'Words are drawn from the most likely ones that together have this probability.',
  }),
};

const smallSet = Type.Object({
  name: Type.String({
    pattern: '^[A-Za-z0-9][A-Za-z0-9.+_-]*$',
    description: 'Name of the set in tables, and of its folder in `output`.',
  }),
  data: labelledFile('Labelled rows to augment'),
});

const languageModel = Type.Object(
  {
    from: Type.Optional(
      path(
        'Folder of the language model to fine-tune. Default: `decoder/` of the base model; without one a model is trained anew.',
      ),
    ),
    train: values('Values for its training, by path, as in a config of `train-judge`.'),
  },
  { ...allDefaults, description: 'The language model of `autoregressive` and `fudge`, fine-tuned on the rows of each set.' },
);

/** Schema of a comparison of ways to augment labelled rows: `diffusteer augment-benchmark`. */
export const augmentBenchmarkSchema = Type.Object(
  {
    sets: Type.Array(smallSet, { minItems: 1, description: 'The small labelled sets, one table each.' }),
    heldOut: labelledFile('Labelled rows to measure on'),
    real: labelledFile('Further real rows, for the method `real`'),
    augment: Type.Union([Type.String({ minLength: 1 }), Type.Object({}, { additionalProperties: true })], {
      description:
        'What `ours` does, and how many rows per label all methods make: a config of `augment`, or its path. Its `data`, `output`, `seed` and `device` are not used.',
    }),
    methods: Type.Array(
      enumOf(augmentMethods, {
        description:
          '`none`: the rows alone. `names`: the rows and the names of the labels. `eda`: word swaps, deletions and insertions (Wei and Zou 2019). `autoregressive`: a language model that learned the rows with their labels. `fudge`: Yang and Klein 2021. `ours`: guided diffusion. `real`: as many real rows.',
      }),
      { minItems: 1, default: [...augmentMethods], description: 'The methods, in the order of the table.' },
    ),
    seeds: Type.Integer({ minimum: 1, maximum: 100, default: 5, description: 'Number of random seeds, from 1.' }),
    eda: Type.Object(
      {
        alpha: Type.Number({
          minimum: 0,
          maximum: 1,
          default: 0.1,
          description: 'Share of the words of a row that are changed.',
        }),
      },
      { ...allDefaults, description: 'Options of `eda`.' },
    ),
    languageModel,
    autoregressive: Type.Object(drawing, { ...allDefaults, description: 'Options of `autoregressive`.' }),
    fudge: Type.Object(
      {
        ...drawing,
        topK: Type.Integer({
          minimum: 1,
          maximum: 10_000,
          default: 100,
          description: 'Number of the most likely next words that the discriminator scores.',
        }),
        strength: Type.Number({ minimum: 0, default: 1, description: "Multiplies the discriminator's log-probabilities." }),
        train: values('Values for the training of the discriminator, by path, as in a config of `train-guide`.'),
      },
      { ...allDefaults, description: 'Options of `fudge`.' },
    ),
    output: path('Folder of the benchmark: a folder per set, seed and method, results.json, results.md. It resumes from there.'),
    device,
  },
  { title: 'diffusteer augment-benchmark' },
);
