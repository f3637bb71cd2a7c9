import { Type } from '@sinclair/typebox';
import { checkpointMinutes, optimizer, patience } from './optimizer.js';
import { allDefaults, augmentation, device, enumOf, path, precision, seed, where } from './parts.js';

const heldOut = 'Default: every twentieth training row is held out.';

const corpus = Type.Object(
  {
    file: path('Training corpus relative to --data: .csv or .jsonl, optionally .gz.'),
    validation: Type.Optional(path(`Validation corpus relative to --data, with the same columns. ${heldOut}`)),
    column: path('Column (or field) that holds the text.'),
    where,
    fields: Type.Record(Type.String(), path('Name of a column.'), {
      default: {},
      description: 'Columns (or fields) that the guide learns from, by the names that the guide uses. Default: those names.',
    }),
    bio: Type.Optional(
      Type.Object(
        {
          column: path('Column (or field) of the tags, one per word of the text, words being separated by spaces.'),
          minCount: Type.Integer({
            minimum: 1,
            default: 10,
            description: 'Training rows that a value needs; rarer ones of a slot are one value, `other`.',
          }),
        },
        {
          description:
            'For a guide that learns from `mr`: a column of BIO tags (`O B-city I-city`) to make it from, as slot[value] of the tagged words.',
        },
      ),
    ),
  },
  { description: 'Corpus with further columns, for a guide that learns from them.' },
);

/** Schema of the training of a guide: `diffusteer train-guide`. */
export const trainGuideSchema = Type.Object(
  {
    guide: Type.String({ minLength: 1, description: 'Name of a trainable guide; `diffusteer guides` lists them.' }),
    via: enumOf(['gradient', 'x0-gradient', 'posterior', 'future'], {
      default: 'gradient',
      description:
        'What to train for: `gradient` and `x0-gradient` give a classifier, `posterior` a table of counts, `future` a discriminator of prefixes for the baseline `fudge`.',
    }),
    model: path('Folder of the denoiser, relative to the working directory or, if it is not there, to the package.'),
    from: Type.Optional(
      path(
        'Trained guide to start from: a model folder, which stands for its guides/NAME-VIA, or the folder of one guide. Its network must have the same `width` and `heads`, and its denoiser the same recipe and embeddingWidth.',
      ),
    ),
    parses: Type.Optional(path('Parsed training corpus (JSON Lines) relative to --data, for a guide that learns from parses.')),
    validationParses: Type.Optional(path(`Parsed validation corpus relative to --data. ${heldOut}`)),
    corpus: Type.Optional(corpus),
    augmentation,
    network: Type.Object(
      {
        layers: Type.Integer({ minimum: 1, maximum: 64, default: 2, description: 'Transformer layers.' }),
        width: Type.Integer({
          minimum: 2,
          maximum: 8192,
          default: 128,
          description: 'Hidden width of the transformer; a multiple of `heads`.',
        }),
        heads: Type.Integer({ minimum: 1, maximum: 128, default: 4, description: 'Attention heads.' }),
      },
      allDefaults,
    ),
    temperature: Type.Number({
      exclusiveMinimum: 0,
      maximum: 10,
      default: 0.7,
      description: 'For `x0-gradient`: temperature of the predicted x_0 that the classifier learns from, as in the sampler.',
    }),
    optimizer,
    patience: Type.Optional(patience),
    checkpointMinutes,
    output: path('Folder of the run: checkpoint/, log.jsonl, curves.svg. The result goes to MODEL/guides/NAME-VIA.'),
    seed,
    device,
    precision,
  },
  { title: 'diffusteer train-guide' },
);
