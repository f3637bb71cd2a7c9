import { Type, type Static } from '@sinclair/typebox';

const count = (description: string) => Type.Integer({ minimum: 1, maximum: 1_000_000, description });

const sizes = {
  format: Type.Literal('diffusteer'),
  version: Type.Literal(1, { description: 'version of the checkpoint format' }),
  maxTokens: count('length of the canvas in tokens, START and END included'),
  embeddingWidth: count('numbers a token, D'),
  vocabularySize: count('tokens in the vocabulary, V'),
  layers: count('transformer blocks'),
  width: count('width of the hidden states'),
  heads: count('attention heads a block'),
  feedForward: count('width of the hidden layer of a block'),
};

/** What `config.json` of a checkpoint says of a score-interpolation model. */
export const scoreInterpolationConfig = Type.Object(
  { ...sizes, recipe: Type.Literal('score-interpolation') },
  { additionalProperties: false },
);

/** What `config.json` of a checkpoint says of a model of the paper's recipe. */
export const paperConfig = Type.Object(
  {
    ...sizes,
    recipe: Type.Literal('paper'),
    steps: count('diffusion steps of training, T'),
    schedule: Type.Union(
      ['linear', 'cosine', 'sqrt', 'trunc_cos', 'trunc_lin', 'pw_lin'].map((name) => Type.Literal(name)),
      { description: 'noise schedule' },
    ),
    timeChannels: count('sines and cosines of the time embedding'),
    maxPositions: count('rows of the position embedding'),
  },
  { additionalProperties: false },
);

export const modelConfig = Type.Union([scoreInterpolationConfig, paperConfig]);

export type ScoreInterpolationConfig = Static<typeof scoreInterpolationConfig>;
export type PaperConfig = Static<typeof paperConfig>;
export type ModelConfig = Static<typeof modelConfig>;
