import { Type } from '@sinclair/typebox';
import { checkpointMinutes, optimizer } from './optimizer.js';
import { allDefaults, augmentation, device, enumOf, exclude, path, seed, unrounded, where } from './parts.js';

const heldOut = 'Default: every twentieth training row is held out.';

const corpus = Type.Object(
  {
    file: path('Training corpus relative to --data: .csv or .jsonl, optionally .gz.'),
    validation: Type.Optional(path(`Validation corpus relative to --data, with the same columns. ${heldOut}`)),
    column: path('Column (or field) that holds the text.'),
    where,
    exclude: Type.Optional(exclude),
    meaning: Type.String({
      minLength: 1,
      default: 'mr',
      description: 'For `slots`: column (or field) that holds the meaning of the text, as slot[value], slot[value].',
    }),
  },
  { description: 'Corpus, for a judge that does not learn from parses.' },
);

/** Schema of the training of a judge's model: `diffusteer train-judge`. */
export const trainJudgeSchema = Type.Object(
  {
    judge: enumOf(['parser', 'slots', 'language-model'], {
      description:
        '`parser`: a chart parser, trained on parses. `slots`: predicts the meaning of a text slot by slot, trained on a corpus with meanings. `language-model`: an autoregressive model of a corpus, for fluency.',
    }),
    from: Type.Optional(
      path(
        'For `language-model`: folder of a language model whose weights and words the training starts from. Its `width` and `heads` must be those of `network`; `layers` and `maxTokens` may be larger.',
      ),
    ),
    parses: Type.Optional(path('For `parser`: parsed training corpus (JSON Lines) relative to --data.')),
    validationParses: Type.Optional(path(`For \`parser\`: parsed validation corpus relative to --data. ${heldOut}`)),
    corpus: Type.Optional(corpus),
    vocabulary: Type.Object(
      {
        minCount: Type.Integer({
          minimum: 1,
          default: 3,
          description: 'Occurrences in the training rows that a word needs to enter the vocabulary.',
        }),
      },
      allDefaults,
    ),
    maxTokens: Type.Integer({
      minimum: 4,
      maximum: 1024,
      default: 48,
      description: 'Longest training row in tokens, including START and END; for `parser` a row is a sentence.',
    }),
    augmentation,
    network: Type.Object(
      {
        layers: Type.Integer({ minimum: 1, maximum: 64, default: 3, description: 'Transformer layers.' }),
        width: Type.Integer({
          minimum: 2,
          maximum: 8192,
          default: 160,
          description: 'Hidden width of the transformer; a multiple of `heads`.',
        }),
        heads: Type.Integer({ minimum: 1, maximum: 128, default: 5, description: 'Attention heads.' }),
      },
      allDefaults,
    ),
    wordDropout: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0.1,
      description: 'Share of the words that training hides each time, so that a judgement does not depend on single words.',
    }),
    dropout: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0,
      description: 'For `language-model`: dropout rate of what each layer adds.',
    }),
    optimizer,
    checkpointMinutes,
    output: path('Folder of the run: checkpoint/, log.jsonl, curves.svg. An interrupted run resumes from it.'),
    model: path('Folder that the judge is written to.'),
    seed,
    device,
    precision: unrounded,
  },
  { title: 'diffusteer train-judge' },
);
