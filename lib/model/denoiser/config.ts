import { Type, type Static } from '@sinclair/typebox';

const count = (description: string) => Type.Integer({ minimum: 1, maximum: 1_000_000, description });

const sizes = {
  format: Type.Literal('diffusteer'),
  version: Type.Literal(1, { description: 'version of the checkpoint format' }),
  maxTokens: count('sequence length in tokens, START and END included'),
  embeddingWidth: count('embedding width, D'),
  vocabularySize: count('tokens in the vocabulary, V'),
  layers: count('transformer blocks'),
  width: count('width of the hidden states'),
  heads: count('attention heads per block'),
  feedForward: count('width of the hidden layer of a block'),
};

/** `config.json` of a score-interpolation model's checkpoint. */
export const scoreInterpolationConfig = Type.Object(
  { ...sizes, recipe: Type.Literal('score-interpolation') },
  { additionalProperties: false },
);

/** `config.json` of a checkpoint of the paper's recipe. */
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
