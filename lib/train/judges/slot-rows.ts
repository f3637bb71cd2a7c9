import { locate } from '../../base/locate.js';
import { type Key, split } from '../../base/random.js';
import type { TrainJudgeConfig } from '../../config/index.js';
import type { HostTensors } from '../../engine/types.js';
import type { MeantText } from '../../judges/controls/slot-accuracy.js';
import type { SlotsConfig } from '../../model/judging/index.js';
import { classOffsets, featureReader, FEATURES, paddedFeatures } from '../../model/judging/index.js';
import { splitWords } from '../../text/split-words.js';
import { rowOrder } from '../batches.js';
import { hideWords } from '../hide-words.js';
import { phraseReplacer } from '../swap.js';
import { readPhraseGroups } from '../training-data.js';

/** Sequence lengths are rounded up to a multiple of this. */
const STEP = 16;

/**
 * Returns batches of texts with the classes of their slots. Names are swapped in text and meaning alike, and some words are hidden.
 */
export async function slotBatches(
  rows: readonly MeantText[],
  { slots, vocabulary }: Pick<SlotsConfig, 'slots' | 'vocabulary'>,
  config: TrainJudgeConfig,
  key: Key,
): Promise<(step: number) => HostTensors> {
  const { batchSize } = config.optimizer;
  const read = featureReader(vocabulary);
  const offsets = classOffsets(slots.map(({ values }) => values.length + 1));
  const swap = await swapper(config);
  const order = rowOrder(rows.length, batchSize, split(key, 'rows'));
  const classesOf = ({ meaning }: MeantText): number[] =>
    slots.map(({ slot, values }, i) => {
      const value = meaning.get(slot);
      if (value === undefined) return offsets[i]!;
      return values.includes(value) ? offsets[i]! + 1 + values.indexOf(value) : -1; // a swapped-in name without a class: not counted in the loss
    });

  return (step) => {
    const batch = Array.from(order(step), (row, i) => swap(rows[row]!, split(key, 'swap', step, i)));
    const features = batch.map(({ words }, i) => hideWords(read(words), config.wordDropout, split(key, 'hide', step, i)));
    const longest = Math.max(...features.map((ids) => ids.length / FEATURES));
    const length = Math.ceil(longest / STEP) * STEP;
    return {
      ids: { dtype: 'int32', shape: [batchSize, length, FEATURES], data: paddedFeatures(features, batchSize, length) },
      classes: { dtype: 'int32', shape: [batchSize, slots.length], data: Int32Array.from(batch.flatMap(classesOf)) },
    };
  };
}

type Swap = (row: MeantText, key: Key) => MeantText;

async function swapper({ augmentation: { names } }: TrainJudgeConfig): Promise<Swap> {
  if (!names) return (row) => row;
  const replacer = phraseReplacer(await readPhraseGroups(locate(names.path), { tokenize: splitWords }), names.share);
  return ({ words, meaning }, key) => {
    const replace = replacer(words, key);
    const swapped = [...meaning].map(([slot, value]) => {
      const said = splitWords(value);
      const other = replace(said);
      return [slot, other.join(' ') === said.join(' ') ? value : other.join(' ')] as const;
    });
    return { words: replace(words), meaning: new Map(swapped) };
  };
}
