import { Type } from '@sinclair/typebox';
import { byName, path } from './parts.js';

const LANGUAGE_MODEL = 'models/judges/lm';

const languageModel = Type.String({
  minLength: 1,
  default: LANGUAGE_MODEL,
  description: 'Folder of a language model that `diffusteer train-judge` trained.',
});

const temperature = Type.Number({
  exclusiveMinimum: 0,
  maximum: 10,
  default: 1,
  description: "Divides the language model's log-probabilities. Below 1: more fluent, less varied.",
});

const topP = Type.Number({
  exclusiveMinimum: 0,
  maximum: 1,
  default: 1,
  description: 'Tokens are drawn from the likeliest that together have this share of the probability (nucleus sampling).',
});

const count = (fallback: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 10_000, default: fallback, description });

/** Instead of a count: as much time as another run took. */
const budget = (what: string) => ({
  seconds: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, description: `Seconds a text, from which \`${what}\` is worked out as the run begins.` }),
  ),
  budgetOf: Type.Optional(
    path(`Folder of another run: \`${what}\` is worked out so that a text takes as long as its texts took.`),
  ),
});

/** How the texts of a run are made, where not by guided diffusion. */
export const method = byName(
  [
    Type.Object({
      name: Type.Literal('best-of-n', { description: 'Texts made without the guides, of which the guides choose the best.' }),
      model: Type.String({
        minLength: 1,
        default: LANGUAGE_MODEL,
        description: 'Folder of a language model, or `diffusion`: the model of the run, unguided.',
      }),
      n: count(16, 'Candidates for each text.'),
      ...budget('n'),
      temperature,
      topP,
    }),
    Type.Object({
      name: Type.Literal('fudge', {
        description: 'FUDGE (Yang and Klein 2021): a language model whose next tokens discriminators weigh.',
      }),
      model: languageModel,
      topK: count(100, 'Next tokens that the discriminators are asked about, the likeliest ones.'),
      strength: Type.Number({
        minimum: 0,
        default: 1,
        description: "Multiplies the discriminators' log-probabilities: 1 is Bayes' rule.",
      }),
      n: count(1, 'Candidates for each text, of which the guides choose the best.'),
      ...budget('n'),
      temperature,
      topP,
    }),
    Type.Object({
      name: Type.Literal('beam', {
        description: 'Beam search of a language model among the texts that the `posterior` guides allow.',
      }),
      model: languageModel,
      width: count(8, 'Beams of a target.'),
      ...budget('width'),
      temperature,
      stochastic: Type.Optional(
        Type.Boolean({
          description: 'Draws texts instead of looking for the likeliest. Default: where a target asks for more than one.',
        }),
      ),
    }),
  ],
  {
    description: 'Makes the texts by a baseline instead of by guided diffusion, to compare with. Default: guided diffusion.',
  },
);
