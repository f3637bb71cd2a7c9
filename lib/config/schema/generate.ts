import { Type } from '@sinclair/typebox';
import { clauseDefinition, clauses } from './clause.js';
import { method } from './method.js';
import { allDefaults, byName, device, enumOf, path, precision, seed, stepWindow } from './parts.js';

const sampler = Type.Object(
  {
    name: enumOf(['ddpm', 'ddim', 'dpm-solver++', 'renoise'], {
      default: 'renoise',
      description:
        '`renoise`: noises the predicted x_0 afresh, the equation of the Diffusion-LM paper. `ddpm`: ancestral sampling (Ho et al. 2020). `ddim`: Song et al. 2021, with `eta`. `dpm-solver++`: second order (Lu et al. 2022), with `eta`.',
    }),
    steps: Type.Integer({ minimum: 1, maximum: 2000, default: 50, description: 'Number of reverse steps.' }),
    power: Type.Number({
      minimum: 0.1,
      maximum: 10,
      default: 1,
      description:
        'Times of the steps fall as (1 - i / steps)^power: 1 spaces them evenly, 1/3 so that the cross-entropy falls about evenly, above 1 more of them have little noise.',
    }),
    eta: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0,
      description: 'Share of the ancestral noise that `ddim` and `dpm-solver++` add: 0 is deterministic, 1 as much as `ddpm`.',
    }),
    temperature: Type.Number({
      exclusiveMinimum: 0,
      maximum: 10,
      default: 0.7,
      description: 'Divides the token logits before the softmax. Below 1: more fluent, less varied.',
    }),
    clamp: Type.Union([Type.Literal(false), stepWindow('')], {
      default: false,
      description:
        'The clamping trick: predicted x_0 becomes the nearest token embedding in this part of the reverse steps, as fractions from 0 (noise) to 1 (text).',
    }),
    seed: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 0x7fffffff,
        description: 'Seed of the noise only. Default: the seed of the run.',
      }),
    ),
  },
  allDefaults,
);

const steering = Type.Object(
  {
    inner: Type.Integer({ minimum: 1, maximum: 100, default: 1, description: 'Gradient steps per reverse step (K).' }),
    step: Type.Number({
      exclusiveMinimum: 0,
      default: 0.1,
      description: 'Length of a gradient step, in units of the embedding norm sqrt(D).',
    }),
    momentum: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0.75,
      description:
        'Share of the move of the previous reverse step that is made again before the gradient steps. With 0, as in the original code, it takes some three of them to steer as well.',
    }),
    scale: enumOf(['max-norm', 'sign', 'none'], {
      default: 'max-norm',
      description:
        '`max-norm`: the token with the largest gradient moves by `step`, the others proportionally less. `sign`: as in the original code. `none`: x += weight sigma^2 gradient.',
    }),
    floor: Type.Number({
      minimum: 0,
      default: 0,
      description:
        'Gradient norm (nats per unit of x) below which gradient steps shrink, so that a satisfied control stops acting.',
    }),
    prior: Type.Number({
      minimum: 0,
      default: 0,
      description:
        "Pull back to the model's own mean in each gradient step, as a share of the distance, or as the coefficient of the original code if `scale` is `sign`.",
    }),
  },
  allDefaults,
);

/** Defaults of joint decoding, measured with models/e2e (docs/decoding.md). */
export const jointDefaults = { weight: 2, prior: 0, width: 8, at: 0.6, candidates: 1 } as const;

const decode = byName(
  [
    Type.Object({
      name: Type.Literal('auto', {
        description:
          '`joint` if the folder of the model has a language model in `decoder/`, otherwise `argmax`. Edits take `argmax`.',
      }),
    }),
    Type.Object({ name: Type.Literal('argmax', { description: 'The most likely tokens of one sample.' }) }),
    Type.Object({
      name: Type.Literal('mbr', { description: 'Minimum Bayes risk: the candidate that is closest to all others (BLEU).' }),
      candidates: Type.Integer({
        minimum: 2,
        maximum: 1000,
        default: 8,
        description: 'Texts sampled for each text that is written.',
      }),
    }),
    Type.Object({
      name: Type.Literal('joint', {
        description:
          'The text that is most likely under the token probabilities of a reverse step and a language model together, among those that the guides allow. A beam search finds it.',
      }),
      model: Type.Optional(
        path('Folder of a language model that `diffusteer train-judge` trained. Default: `decoder/` in the folder of the model.'),
      ),
      weight: Type.Number({
        minimum: 0,
        maximum: 100,
        default: jointDefaults.weight,
        description:
          "Multiplies the language model's log-probability and the log-factors of guides. Higher: more fluent, less of what the diffusion model wrote.",
      }),
      pivot: Type.Optional(
        Type.Number({
          exclusiveMinimum: 0,
          maximum: 100,
          description:
            'Squares the costs of the language model: a token of surprisal s costs s² / pivot nats instead of s, so that one unlikely word weighs more than several fairly likely ones. Lower: more fluent.',
        }),
      ),
      prior: Type.Number({
        minimum: 0,
        maximum: 1,
        default: jointDefaults.prior,
        description:
          'How much of what the diffusion model says of words before it has seen anything is taken out of the token probabilities, since the language model says it too: 0 nothing, 1 all. Higher: more varied.',
      }),
      rarity: Type.Optional(
        Type.Number({
          exclusiveMinimum: 0,
          maximum: 1,
          description:
            "How much of a word's surprisal without context is taken off its surprisal under the language model, so that a rare word is no doubtful one. What is taken off is 0 for a word of usual frequency. Higher: more varied. Default: nothing is taken off.",
        }),
      ),
      echo: Type.Optional(
        Type.Number({
          exclusiveMinimum: 0,
          maximum: 100,
          description:
            'Nats that a word costs for each time that it stands among the 8 words before, so that no text says "near the river near the river". Words that are more frequent than usual, such as "the", cost it only side by side. Default: nothing.',
        }),
      ),
      gradients: Type.Optional(
        Type.Number({
          exclusiveMinimum: 0,
          maximum: 100,
          description:
            'Lets gradient guides have a say in the words: the change of their log-probability if a word takes the place of the most probable one, to first order, times this and the weight of the guide, is added to the log-probability of the word. Default: they only move latents.',
        }),
      ),
      width: Type.Integer({ minimum: 1, maximum: 1000, default: jointDefaults.width, description: 'Beams per text.' }),
      at: Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        default: jointDefaults.at,
        description: 'Share of the reverse steps after which the text is chosen. Later steps are not run.',
      }),
      candidates: Type.Integer({
        minimum: 1,
        maximum: 1000,
        default: jointDefaults.candidates,
        description:
          'Texts sampled for each text that is written: the one whose three least likely tokens under both models are the most likely.',
      }),
      enough: Type.Optional(
        Type.Number({
          minimum: 0,
          maximum: 1000,
          description:
            'Candidates are sampled one after the other until one is at most this doubtful: nats of its three least likely tokens and its gradient guides. With `pivot` the tokens count with their squared costs. Default: all candidates are sampled and the least doubtful is taken.',
        }),
      ),
      repair: Type.Optional(
        Type.Number({
          exclusiveMinimum: 0,
          exclusiveMaximum: 1,
          description:
            'With `enough`: further candidates start from the least doubtful text so far, noised to the level from which this share of the reverse steps remains, instead of from noise alone. It must be above 1 - `at`.',
        }),
      ),
    }),
  ],
  { default: { name: 'auto' }, description: 'How a text is chosen.' },
);

const particles = Type.Object(
  {
    count: Type.Integer({
      minimum: 2,
      maximum: 1000,
      default: 8,
      description: 'Trajectories per text if a guide acts via `particles`. Each takes a row of the batch.',
    }),
    every: Type.Integer({
      minimum: 1,
      maximum: 2000,
      default: 10,
      description: 'Reverse steps between evaluations of the predicted texts.',
    }),
    potential: enumOf(['difference', 'max', 'sum'], {
      default: 'difference',
      description:
        'How rewards weight a trajectory (Singhal et al. 2025, section 3). `difference`: the gain since the last evaluation. `max`: the best reward so far. `sum`: the sum of all rewards so far.',
    }),
    choose: enumOf(['best', 'draw'], {
      default: 'best',
      description:
        'Trajectory that becomes the text. `best`: the one with the largest reward. `draw`: one drawn by weight, so that texts follow the distribution tilted by the reward.',
    }),
  },
  allDefaults,
);

const edit = Type.Object(
  {
    text: Type.Union([Type.String(), Type.Array(Type.String()), Type.Object({ from: Type.String({ minLength: 1 }) })], {
      description: 'The text to edit, or its words; `{ "from": "field" }` takes it from the target.',
    }),
    noise: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.5,
      description: 'Level to which the text is noised: 0 changes only what is forbidden, 1 starts from pure noise.',
    }),
    keep: Type.Number({
      minimum: 0,
      default: 5,
      description: 'Bonus for the words of the text at their positions, nats.',
    }),
  },
  { description: 'Starts from a noised given text instead of from noise: what violates the guides changes, the rest stays.' },
);

const branch = Type.Object(
  {
    of: Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      description: 'The config of `generate` that made the text. It needs no `output`, and may be a branch itself.',
    }),
    text: Type.String({ minLength: 1, description: 'Id of the text, such as `0-0`: its target and its sample, both from 0.' }),
    step: Type.Integer({
      minimum: 0,
      maximum: 1999,
      description: 'The last reverse step that the two runs share, from 0. At least one step must be left.',
    }),
    candidate: Type.Optional(
      Type.Integer({
        minimum: 0,
        description:
          'Which candidate of the text is continued, from 0, if `of` samples several (`decode.candidates`). Default: 0.',
      }),
    ),
  },
  {
    description:
      'Continues a text of another run with its noise: up to and including `step` the guidance of that run acts, then that of this config. Only this text is made.',
  },
);

/** Schema of a batch run: `diffusteer generate`. */
export const generateSchema = Type.Object(
  {
    model: path('Folder of the checkpoint, relative to the working directory or, if it is not there, to the package.'),
    device,
    precision,
    seed,
    sampler,
    steering,
    particles,
    guidance: clauses('Clauses that must all hold for each text.'),
    targets: Type.Union([Type.String({ minLength: 1, path: true }), Type.Array(Type.Unknown(), { minItems: 1 })], {
      default: [{}],
      description:
        'Targets to write texts for: a JSON Lines file, or an inline list. A value that is not an object becomes { "value": it }.',
    }),
    samplesPerTarget: Type.Integer({ minimum: 1, maximum: 100_000, default: 1, description: 'Texts per target.' }),
    batchSize: Type.Integer({
      minimum: 1,
      maximum: 4096,
      default: 32,
      description: 'Texts generated at once (B). A shard of the run is one batch.',
    }),
    workers: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 256,
        description:
          'Processes that generate batches at the same time on onnx-cpu. Default: the cores over the threads that serve a batch best; one for short runs. The texts do not depend on it.',
      }),
    ),
    threads: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 256,
        description: 'CPU threads of each worker on onnx-cpu. Default: the cores over `workers`, at most 8.',
      }),
    ),
    decode,
    edit: Type.Optional(edit),
    branch: Type.Optional(branch),
    method: Type.Optional(method),
    output: path('Folder of the run. An interrupted run resumes from it.'),
  },
  { title: 'diffusteer generate', $defs: clauseDefinition },
);
