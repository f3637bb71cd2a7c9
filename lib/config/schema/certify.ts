import { Type } from '@sinclair/typebox';
import { clauseDefinition } from './clause.js';
import { generateSchema } from './generate.js';
import { allDefaults, nearCopyBounds, path } from './parts.js';

const condition = Type.Object({
  judge: Type.String({
    minLength: 1,
    description:
      'Label of a clause of `guidance`: the name of its guide, with a number if it is repeated (`words#2`). Or the name of a language model that judges fluency: `lm`.',
  }),
  definition: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Score by another definition that the judge gives, such as `extra words wrong`. Default: its main score.',
    }),
  ),
  least: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, maximum: 1, description: 'Least score of a control, up to 1. Default: 1.' }),
  ),
  most: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, description: 'Most nats per token, for a language model, which needs it.' }),
  ),
});

const { samplesPerTarget: _, branch: _branch, ...run } = generateSchema.properties;

/** Schema of texts that judges accept: `diffusteer certify`. */
export const certifySchema = Type.Object(
  {
    ...run,
    accept: Type.Array(condition, { minItems: 1, description: 'Conditions that a text must meet to count, each by its judge.' }),
    perTarget: Type.Integer({ minimum: 1, maximum: 100_000, default: 1, description: 'Accepted texts per target.' }),
    tries: Type.Integer({
      minimum: 1,
      maximum: 10_000,
      default: 32,
      description: 'Most candidates per accepted text that is wanted. A target that needs more is not served.',
    }),
    distinct: Type.Object(nearCopyBounds('an accepted one'), { ...allDefaults, description: 'Near copies are refused.' }),
    avoid: Type.Boolean({
      default: false,
      description:
        'In later rounds, keep the words that judges marked in refused texts away from the positions where they did: for all targets of which the judge expects the same at a position, or for this target if it does not say what it expects.',
    }),
    improve: Type.Boolean({
      default: false,
      description:
        'After four candidates per text, if at most a quarter was accepted: further candidates start from the best refused one of the target and change the words around one that a judge marked.',
    }),
    attempts: Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: 1,
      description:
        'Attempts for each candidate that starts from a refused one (`improve`), each of which changes another word. Where a control failed, its gradient guides choose among them, else the models of joint decoding: the least doubtful is the candidate.',
    }),
    screen: Type.Optional(
      path(
        'Folder of judges (`lm`, `parser`, `slots`, as `train-judge` writes them) that choose among the attempts instead: those that miss the conditions by least become candidates. They must be others than those that accept. Every other round of a hard target then has attempts from noise instead of edits.',
      ),
    ),
    search: Type.Optional(
      Type.Object(
        {
          model: path(
            'Folder of the language model, which `diffusteer train-judge` trained. It must be another one than the judges.',
          ),
          width: Type.Integer({ minimum: 2, maximum: 1000, default: 512, description: 'Beams, and attempts per target.' }),
        },
        {
          description:
            'Every third round of a hard target has the most likely texts of a language model that the guides allow as attempts, found by beam search. It needs guides that act by `posterior` alone, and a `screen`.',
        },
      ),
    ),
    weights: Type.Object(
      {
        step: Type.Number({
          minimum: 1,
          maximum: 10,
          default: 1.25,
          description:
            'The weight of a guide is multiplied by this for a target of which half of the candidates of a round failed its judge. 1 leaves weights as they are.',
        }),
        most: Type.Number({ minimum: 1, maximum: 100, default: 2, description: 'Largest factor of a weight.' }),
      },
      { ...allDefaults, description: 'How the weights of guides grow for targets that fail.' },
    ),
  },
  { title: 'diffusteer certify', $defs: clauseDefinition },
);
