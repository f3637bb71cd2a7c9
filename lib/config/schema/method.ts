import { Type } from '@sinclair/typebox';
import { byName, path } from './parts.js';

const LANGUAGE_MODEL = 'models/judges/lm';

const languageModel = path('Folder of a language model that `diffusteer train-judge` trained.', { default: LANGUAGE_MODEL });

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
  description: 'Tokens are drawn from the most likely ones that together have this probability (nucleus sampling).',
});

const count = (fallback: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 10_000, default: fallback, description });

/** Fields that give a time budget instead of a count. */
const budget = (what: string) => ({
  seconds: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, description: `Seconds per text. The run measures at its start which \`${what}\` fits.` }),
  ),
  budgetOf: Type.Optional(path(`Folder of another run: \`${what}\` is set so that a text takes as long as a text of that run.`)),
});

/** Schema of the baseline that makes the texts of a run instead of guided diffusion. */
export const method = byName(
  [
    Type.Object({
      name: Type.Literal('best-of-n', { description: 'Makes candidates without guides; the guides then choose the best.' }),
      model: path('Folder of a language model, or `diffusion`: the model of the run, unguided.', { default: LANGUAGE_MODEL }),
      n: count(16, 'Candidates per text.'),
      ...budget('n'),
      temperature,
      topP,
    }),
    Type.Object({
      name: Type.Literal('fudge', {
        description: 'FUDGE (Yang and Klein 2021): discriminators reweight the next tokens of a language model.',
      }),
      model: languageModel,
      topK: count(100, 'Number of the most likely next tokens that the discriminators score.'),
      strength: Type.Number({
        minimum: 0,
        default: 1,
        description: "Multiplies the discriminators' log-probabilities: 1 is Bayes' rule.",
      }),
      n: count(1, 'Candidates per text; the guides choose the best.'),
      ...budget('n'),
      temperature,
      topP,
    }),
    Type.Object({
      name: Type.Literal('beam', {
        description: 'Beam search with a language model over the texts that the `posterior` guides allow.',
      }),
      model: languageModel,
      width: count(8, 'Beams per target.'),
      ...budget('width'),
      temperature,
      stochastic: Type.Optional(
        Type.Boolean({
          description: 'Draws texts instead of searching for the most likely. Default: true if samplesPerTarget is above 1.',
        }),
      ),
      perText: Type.Boolean({
        default: false,
        description:
          'Searches for each text by itself with `width` beams. By default one search finds all texts of a target, with at least as many beams as texts.',
      }),
    }),
  ],
  {
    description: 'Baseline that makes the texts, for comparison. Default: guided diffusion.',
  },
);
