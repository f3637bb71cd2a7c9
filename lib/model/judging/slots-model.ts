import { Type, type Static } from '@sinclair/typebox';
import { networkConfig, vocabularyConfig } from './judge-config.js';
import { loadJudge, type JudgeCheckpoint } from './judge-checkpoint.js';
import { slotScorerParams, type SlotScorerSize } from './slot-scorer.js';
import { featureSizes } from './word-features.js';

const share = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });

/** config.json of the slot classifier. */
const slotsConfig = Type.Object({
  format: Type.Literal('diffusteer-judge'),
  version: Type.Literal(1, { description: 'version of the format' }),
  judge: Type.Literal('slots'),
  network: networkConfig,
  slots: Type.Array(
    Type.Object({
      slot: Type.String({ description: 'name of the slot' }),
      values: Type.Array(Type.String(), { description: 'its values, in the order of the classes after "not stated"' }),
    }),
    { minItems: 1, description: 'the slots that it classifies' },
  ),
  vocabulary: vocabularyConfig,
  measured: Type.Object(
    {
      slots: Type.Record(
        Type.String(),
        Type.Object({
          accuracy: share('share of the held-out texts whose value (or absence) is right'),
          f1: share('micro-averaged F1 of the values'),
        }),
        { description: 'by slot' },
      ),
      on: Type.String({ description: 'the held-out corpus' }),
    },
    { description: 'accuracy on held-out texts' },
  ),
});

export type SlotsConfig = Static<typeof slotsConfig>;
export type SlotsModel = JudgeCheckpoint<SlotsConfig>;

export const slotsSize = ({ network, slots, vocabulary }: Omit<SlotsConfig, 'measured'>): SlotScorerSize => ({
  ...network,
  features: featureSizes(vocabulary),
  classes: slots.map(({ values }) => values.length + 1),
});

/** Reads the slot classifier's model. @throws InputError as loadJudge */
export const loadSlotsModel = (folder: string): Promise<SlotsModel> =>
  loadJudge(folder, slotsConfig, (config) => slotScorerParams(slotsSize(config)));
