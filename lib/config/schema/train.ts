import { Type } from '@sinclair/typebox';
import { checkpointMinutes, optimizer, patience } from './optimizer.js';
import { allDefaults, augmentation, byName, device, enumOf, exclude, path, seed, unrounded, where } from './parts.js';

const data = Type.Object({
  file: path('Training corpus relative to --data: .csv, .jsonl or .txt, optionally .gz.'),
  format: Type.Optional(enumOf(['csv', 'jsonl', 'text'], { description: 'Default: inferred from the file name.' })),
  column: Type.Optional(path('Column of a CSV corpus that holds the text; may be omitted if there is only one.')),
  field: Type.Optional(path('Field of a JSON Lines corpus that holds the text. Default: text.')),
  where,
  exclude: Type.Optional(exclude),
  validation: Type.Optional(
    path('Validation corpus relative to --data, with the same columns, of which `where` selects rows too.'),
  ),
  split: Type.Number({
    exclusiveMinimum: 0,
    exclusiveMaximum: 1,
    default: 0.05,
    description: 'Share of the rows that is held out if no validation corpus is given.',
  }),
});

const tokenizer = byName(
  [
    Type.Object({
      name: Type.Literal('words', { description: 'Words and punctuation, counted in the training corpus.' }),
      minCount: Type.Integer({
        minimum: 1,
        default: 4,
        description: 'Occurrences that a word needs to enter the vocabulary.',
      }),
      baseWords: Type.Optional(
        enumOf(['all', 'seen'], {
          description:
            'With `from`: words of the base to keep. `seen`: only those that the training corpus has, for a smaller model. Default: all.',
        }),
      ),
    }),
    Type.Object({
      name: Type.Literal('characters', { description: 'Characters, spaces included, counted in the training corpus.' }),
      minCount: Type.Integer({
        minimum: 1,
        default: 1,
        description: 'Occurrences that a character needs to enter the vocabulary.',
      }),
    }),
    Type.Object({
      name: Type.Literal('file', { description: 'A Hugging Face tokenizer.' }),
      path: path('The tokenizer.json, relative to the working directory.'),
    }),
  ],
  {
    default: { name: 'words' },
    description: 'How text becomes tokens.',
  },
);

const model = Type.Object(
  {
    recipe: enumOf(['score-interpolation', 'paper'], {
      default: 'score-interpolation',
      description:
        '`score-interpolation`: token logits and cross-entropy (Dieleman et al. 2022). `paper`: L_e2e_simple with tied rounding (Li et al. 2022).',
    }),
    maxTokens: Type.Integer({
      minimum: 4,
      maximum: 1024,
      default: 48,
      description: 'Sequence length in tokens, including START and END (L).',
    }),
    embeddingWidth: Type.Integer({ minimum: 1, maximum: 1024, default: 16, description: 'Numbers in a token embedding (D).' }),
    layers: Type.Integer({ minimum: 1, maximum: 64, default: 4, description: 'Transformer layers.' }),
    width: Type.Integer({
      minimum: 2,
      maximum: 8192,
      default: 256,
      description: 'Hidden width of the transformer; a multiple of `heads`.',
    }),
    heads: Type.Integer({ minimum: 1, maximum: 128, default: 4, description: 'Attention heads.' }),
    feedForward: Type.Integer({
      minimum: 1,
      maximum: 32768,
      default: 1024,
      description: 'Hidden units of the feed-forward layers.',
    }),
  },
  allDefaults,
);

const share = { minimum: 0, maximum: 1 };

const objective = Type.Object(
  {
    selfConditioning: Type.Number({
      ...share,
      default: 0.5,
      description: 'Share of the steps in which the network sees its own first prediction of x_0 (Chen et al. 2022).',
    }),
    focus: Type.Optional(
      Type.Object(
        {
          from: Type.Number({ ...share, description: 'Time in [0, 1] at which the range begins.' }),
          to: Type.Number({ ...share, description: 'Time in [0, 1] at which the range ends.' }),
          share: Type.Number({ ...share, description: 'Share of the noise levels that are drawn from the range.' }),
        },
        { description: 'A range of noise levels that is drawn more often. Default: all alike.' },
      ),
    ),
  },
  allDefaults,
);

const every = (what: string, steps: number) =>
  Type.Integer({ minimum: 1, default: steps, description: `Optimizer steps between ${what}.` });

/** Schema of the training of a denoiser: `diffusteer train`. */
export const trainSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, default: 'model', description: 'Name of the model in its README and logs.' }),
    output: path('Folder of the run: model/, checkpoint/, log.jsonl, plots. An interrupted run resumes from it.'),
    preset: Type.Optional(
      enumOf(['auto'], {
        description:
          '`auto`: `model`, `tokenizer`, `optimizer` and `validation` follow from the size of the corpus, except for fields that the config gives.',
      }),
    ),
    from: Type.Optional(
      path(
        'Model folder whose weights and words the training starts from. `model` has its sizes; `layers` may be higher, and `maxTokens` may differ.',
      ),
    ),
    data,
    tokenizer,
    augmentation,
    model,
    objective,
    optimizer,
    checkpointMinutes,
    validation: Type.Object(
      {
        everySteps: every('measurements of the validation cross-entropy', 500),
        rows: Type.Integer({ minimum: 1, default: 256, description: 'Rows of the validation corpus to measure.' }),
        patience: Type.Optional(patience),
      },
      allDefaults,
    ),
    samples: Type.Object(
      {
        everySteps: every('sample texts', 1000),
        count: Type.Integer({
          minimum: 0,
          maximum: 256,
          default: 4,
          description: 'Sample texts to write to the log; 0 for none.',
        }),
      },
      allDefaults,
    ),
    seed,
    device,
    precision: unrounded,
  },
  { title: 'diffusteer train' },
);
