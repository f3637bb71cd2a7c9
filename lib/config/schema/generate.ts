import { Type } from '@sinclair/typebox';
import { clauseDefinition, clauses } from './clause.js';
import { method } from './method.js';
import { allDefaults, byName, device, enumOf, path, precision, seed, stepWindow } from './parts.js';

const sampler = Type.Object(
  {
    name: enumOf(['ddpm', 'ddim', 'renoise'], {
      default: 'renoise',
      description:
        "`renoise`: predicted x_0 noised anew, the Diffusion-LM paper's own equation. `ddpm`: ancestral sampling (Ho et al. 2020). `ddim`: Song et al. 2021, with `eta`.",
    }),
    steps: Type.Integer({ minimum: 1, maximum: 2000, default: 100, description: 'Number of reverse steps.' }),
    eta: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0,
      description: 'Share of the ancestral noise that `ddim` adds: 0 is deterministic, 1 as much as `ddpm`.',
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
        description: 'Seed of the noise alone. Default: follows from the seed of the run.',
      }),
    ),
  },
  allDefaults,
);

const steering = Type.Object(
  {
    inner: Type.Integer({ minimum: 1, maximum: 100, default: 3, description: 'Gradient moves in each reverse step (K).' }),
    step: Type.Number({
      exclusiveMinimum: 0,
      default: 0.1,
      description: 'Length of a move, in units of the embedding norm sqrt(D).',
    }),
    scale: enumOf(['max-norm', 'sign', 'none'], {
      default: 'max-norm',
      description:
        '`max-norm`: the token with the largest gradient moves by `step`, the others less. `sign`: the original code. `none`: x += weight sigma^2 gradient.',
    }),
    floor: Type.Number({
      minimum: 0,
      default: 0,
      description: 'Gradient norm (nats per unit of x) below which moves shrink, so that a control that holds goes quiet.',
    }),
    prior: Type.Number({
      minimum: 0,
      default: 0,
      description:
        "Pull back to the model's own mean in each move: the share of the distance, or the original's coefficient where `scale` is `sign`.",
    }),
  },
  allDefaults,
);

const decode = byName(
  [
    Type.Object({ name: Type.Literal('argmax', { description: 'The most probable tokens of one sample.' }) }),
    Type.Object({
      name: Type.Literal('mbr', { description: 'Minimum Bayes risk: the candidate that is closest to all others (BLEU).' }),
      candidates: Type.Integer({
        minimum: 2,
        maximum: 1000,
        default: 8,
        description: 'Texts drawn for each text that is written.',
      }),
    }),
  ],
  { default: { name: 'argmax' }, description: 'How a text is chosen.' },
);

const particles = Type.Object(
  {
    count: Type.Integer({
      minimum: 2,
      maximum: 1000,
      default: 8,
      description: 'Trajectories of each text, where a guide acts by `particles`. They are rows of the batch.',
    }),
    every: Type.Integer({
      minimum: 1,
      maximum: 2000,
      default: 10,
      description: 'Reverse steps from one look at the predicted texts to the next.',
    }),
    potential: enumOf(['difference', 'max', 'sum'], {
      default: 'difference',
      description:
        'What of the rewards weighs a trajectory (Singhal et al. 2025, section 3): `difference`: what the last look has gained. `max`: the best reward so far. `sum`: all rewards so far.',
    }),
    choose: enumOf(['best', 'draw'], {
      default: 'best',
      description:
        'Which trajectory becomes the text: `best`, the one with the largest reward, or one drawn by the weights, so that texts come as often as model and reward say.',
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
      description: 'Level to which the text is noised: 0 changes what is forbidden alone, 1 starts from noise.',
    }),
    keep: Type.Number({
      minimum: 0,
      default: 5,
      description: 'Nats by which the words of the text are favoured at their places.',
    }),
  },
  { description: 'Starts from a given text, noised, instead of from noise: what violates the guides changes, the rest stays.' },
);

/** A batch run: `diffusteer generate`. */
export const generateSchema = Type.Object(
  {
    model: path('Folder of the checkpoint, relative to the working directory; where it is not there, inside the package.'),
    device,
    precision,
    seed,
    sampler,
    steering,
    particles,
    guidance: clauses('What shall hold of the texts: every clause of the list.'),
    targets: Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.Unknown(), { minItems: 1 })], {
      default: [{}],
      description:
        'One text or more is written for each target: a file of JSON lines, or an inline list. A value that is no object becomes { "value": it }.',
    }),
    samplesPerTarget: Type.Integer({ minimum: 1, maximum: 100_000, default: 1, description: 'Texts for each target.' }),
    batchSize: Type.Integer({
      minimum: 1,
      maximum: 4096,
      default: 32,
      description: 'Texts that are made at once (B). A shard of the run is one batch.',
    }),
    decode,
    edit: Type.Optional(edit),
    method: Type.Optional(method),
    output: path('Folder of the run. A run that was stopped goes on there.'),
  },
  { title: 'diffusteer generate', $defs: clauseDefinition },
);
