import { Type, type Static } from '@sinclair/typebox';
import { loadJudge, type JudgeCheckpoint } from './judge-checkpoint.js';
import { spanScorerParams, type SpanScorerSize } from './span-scorer.js';
import { featureSizes } from './word-features.js';

const count = (description: string) => Type.Integer({ minimum: 1, maximum: 1_000_000, description });
const names = (description: string) => Type.Array(Type.String({ minLength: 1 }), { description });

/** Sizes of a text encoder, as config.json of a judge states them. */
export const networkConfig = Type.Object(
  {
    layers: count('transformer blocks'),
    width: count('width of the token states'),
    heads: count('attention heads'),
  },
  { description: 'the transformer' },
);

export const vocabularyConfig = Type.Object(
  {
    words: names('words that are known'),
    suffixes: names('last three letters that are known'),
  },
  { description: 'what is known of words' },
);

/** config.json of the embedded parser. */
const parserConfig = Type.Object({
  format: Type.Literal('diffusteer-judge'),
  version: Type.Literal(1, { description: 'version of the format' }),
  judge: Type.Literal('parser'),
  network: networkConfig,
  labels: names('labels of constituents, chains joined by ::, in the order of the scores'),
  tags: names('Penn tags, in the order of the scores'),
  vocabulary: vocabularyConfig,
  measured: Type.Object(
    {
      f1: Type.Number({ description: 'labelled bracket F1 on the held-out parses, 0 to 1' }),
      tags: Type.Number({ description: 'share of the held-out words whose tag is right' }),
      on: Type.String({ description: 'the held-out parses' }),
    },
    { description: 'how good it is' },
  ),
});

export type ParserConfig = Static<typeof parserConfig>;
export type ParserModel = JudgeCheckpoint<ParserConfig>;

export const parserSize = ({ network, labels, tags, vocabulary }: Omit<ParserConfig, 'measured'>): SpanScorerSize => ({
  ...network,
  features: featureSizes(vocabulary),
  labels: labels.length,
  tags: tags.length,
});

/** Errors: as loadJudge. */
export const loadParserModel = (folder: string): Promise<ParserModel> =>
  loadJudge(folder, parserConfig, (config) => spanScorerParams(parserSize(config)));
