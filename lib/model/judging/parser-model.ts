import { Type, type Static } from '@sinclair/typebox';
import { names, networkConfig, vocabularyConfig } from './judge-config.js';
import { loadJudge, type JudgeCheckpoint } from './judge-checkpoint.js';
import { spanScorerParams, type SpanScorerSize } from './span-scorer.js';
import { featureSizes } from './word-features.js';

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
    { description: 'accuracy on held-out parses' },
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

/** Reads the parser's model. @throws InputError as loadJudge */
export const loadParserModel = (folder: string): Promise<ParserModel> =>
  loadJudge(folder, parserConfig, (config) => spanScorerParams(parserSize(config)));
