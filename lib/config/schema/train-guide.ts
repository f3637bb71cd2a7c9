import { Type } from '@sinclair/typebox';
import { checkpointMinutes, optimizer } from './optimizer.js';
import { allDefaults, augmentation, device, enumOf, path, precision, seed } from './parts.js';

const heldOut = 'Default: every twentieth of the training rows is held out.';

const corpus = Type.Object(
  {
    file: path('Training corpus relative to --data: .csv or .jsonl, each also .gz.'),
    validation: Type.Optional(path(`Validation corpus relative to --data, with the same columns. ${heldOut}`)),
    column: path('Column (or field) that holds the text.'),
    fields: Type.Record(Type.String(), path('Name of a column.'), {
      default: {},
      description: 'Columns (or fields) that the guide learns from, by the names that it knows them by. Default: those names.',
    }),
  },
  { description: 'Corpus with columns beside the text, for a guide that learns from them.' },
);

/** Training of a guide: `diffusteer train-guide`. */
export const trainGuideSchema = Type.Object(
  {
    guide: Type.String({ minLength: 1, description: 'Name of a guide that is trained; `diffusteer guides` lists them.' }),
    via: enumOf(['gradient', 'x0-gradient', 'posterior', 'future'], {
      default: 'gradient',
      description:
        'Place of the guide that this is for: the gradient places get a classifier, `posterior` a table of counts. `future`: a discriminator on prefixes for the baseline `fudge`.',
    }),
    model: path('Folder of the denoiser, relative to the working directory; where it is not there, inside the package.'),
    parses: Type.Optional(path('Parsed training corpus (JSON lines) relative to --data, for a guide that learns from parses.')),
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
          description: 'Numbers a position inside the transformer; a multiple of `heads`.',
        }),
        heads: Type.Integer({ minimum: 1, maximum: 128, default: 4, description: 'Attention heads.' }),
      },
      allDefaults,
    ),
    temperature: Type.Number({
      exclusiveMinimum: 0,
      maximum: 10,
      default: 0.7,
      description:
        'For `x0-gradient`: the temperature of the predicted x_0 that the classifier learns from, that of the sampler.',
    }),
    optimizer,
    checkpointMinutes,
    output: path('Folder of the run: checkpoint/, log.jsonl, curves.svg. The result goes to MODEL/guides/NAME-VIA.'),
    seed,
    device,
    precision,
  },
  { title: 'diffusteer train-guide' },
);
