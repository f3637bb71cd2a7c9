import { basename, join } from 'node:path';
import { InputError, inputError, type Problem } from '../../base/errors.js';
import { keyOf, split } from '../../base/random.js';
import type { TrainJudgeConfig } from '../../config/index.js';
import type { HostTensors } from '../../engine/types.js';
import { type MeantText, measureSlotJudge, type SlotAccuracy } from '../../judges/controls/slot-accuracy.js';
import { slotJudge } from '../../judges/controls/slot-judge.js';
import {
  countFeatures,
  saveJudge,
  slotLogProbs,
  slotLoss,
  type SlotsConfig,
  slotScorerParams,
  slotsSize,
} from '../../model/judging/index.js';
import { locate } from '../../base/locate.js';
import { readCorpus } from '../../text/corpus.js';
import { type Exclusion, readExclusions } from '../../text/exclusions.js';
import { readMeaning } from '../../text/meaning.js';
import { splitWords } from '../../text/split-words.js';
import { slotBatches } from './slot-rows.js';
import type { JudgeTrainer } from './trainer.js';

/** Trains the slot classifier on texts with their meanings. */
export const slotsTrainer: JudgeTrainer = {
  learnsFrom: 'corpus',
  async prepare(config, dataFolder, device) {
    const { rows, held, on } = await readRows(config.corpus!, dataFolder);
    const fitting = rows.filter(({ words }) => words.length <= config.maxTokens - 2);
    if (fitting.length === 0)
      throw inputError(config.corpus!.file, `expected texts of at most ${config.maxTokens - 2} words to train on, found none`);
    const { layers, width, heads } = config.network;
    const words = rows.map((row) => row.words);
    const model: Omit<SlotsConfig, 'measured'> = {
      ...{ format: 'diffusteer-judge', version: 1, judge: 'slots' },
      network: { layers, width, heads },
      slots: slotsOf(rows),
      vocabulary: countFeatures(words, config.vocabulary.minCount),
    };
    const size = slotsSize(model);
    let measured: Record<string, SlotAccuracy> | undefined; // of the last measurement; saveModel runs after it
    const measure = async (weights: HostTensors): Promise<Record<string, SlotAccuracy>> => {
      const classifier = slotJudge(model, weights, device);
      measured = await measureSlotJudge(classifier, held).finally(() => classifier.dispose());
      return measured;
    };
    return {
      data: [rows.length, model.slots, model.vocabulary],
      parameters: slotScorerParams(size),
      loss: (weights, batch) => slotLoss(slotLogProbs(weights, batch['ids']!, size), batch['classes']!),
      batchAt: await slotBatches(fitting, model, config, split(keyOf(config.seed), 'batches')),
      measure: async (weights) => {
        const scores = Object.entries(await measure(weights)).map(([slot, { f1 }]) => [slot, f1]);
        return { scores: Object.fromEntries(scores) as Record<string, number> };
      },
      saveModel: async (weights) => {
        const slots = measured ?? (await measure(weights));
        await saveJudge(config.model, { ...model, measured: { slots, on } }, weights);
      },
    };
  },
};

/** Returns the slots and values of the rows, in code-unit order. */
function slotsOf(rows: readonly MeantText[]): SlotsConfig['slots'] {
  const values = new Map<string, Set<string>>();
  for (const { meaning } of rows)
    for (const [slot, value] of meaning) values.set(slot, (values.get(slot) ?? new Set()).add(value));
  return [...values]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([slot, own]) => ({ slot, values: [...own].sort((a, b) => (a < b ? -1 : 1)) }));
}

async function readRows(corpus: NonNullable<TrainJudgeConfig['corpus']>, dataFolder: string) {
  const exclude = await readExclusions(corpus.exclude && locate(corpus.exclude));
  const rows = await meantTexts(join(dataFolder, corpus.file), corpus, exclude);
  if (corpus.validation !== undefined)
    return { rows, held: await meantTexts(join(dataFolder, corpus.validation), corpus), on: basename(corpus.validation) };
  // Every twentieth row, not the last twentieth: neighbouring rows are alike.
  return {
    rows: rows.filter((_, i) => i % 20 !== 0),
    held: rows.filter((_, i) => i % 20 === 0),
    on: `every twentieth row of ${basename(corpus.file)}`,
  };
}

async function meantTexts(
  path: string,
  { column, where, meaning: cell }: NonNullable<TrainJudgeConfig['corpus']>,
  exclude?: Exclusion,
): Promise<MeantText[]> {
  const { rows } = await readCorpus(path, { column, field: column, fields: { meaning: cell }, where, exclude });
  const problems: Problem[] = [];
  const texts = rows.flatMap(({ line, text, fields }) => {
    const meaning = readMeaning(fields!['meaning']!);
    if (typeof meaning !== 'string') return [{ words: splitWords(text), meaning }];
    problems.push({ path: `line ${line}`, message: meaning });
    return [];
  });
  if (problems.length > 0) throw new InputError(path, problems);
  return texts;
}
