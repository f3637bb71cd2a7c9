import { basename, join } from 'node:path';
import { inputError } from '../../base/errors.js';
import { keyOf, split } from '../../base/random.js';
import type { TrainJudgeConfig } from '../../config/index.js';
import type { Device, HostTensors } from '../../engine/types.js';
import { chartParser } from '../../judges/parsers/chart-parser.js';
import { measureParser, type ParserAccuracy } from '../../judges/parsers/parser-accuracy.js';
import {
  countFeatures,
  type ParserConfig,
  parserSize,
  saveJudge,
  spanLoss,
  spanScorerParams,
  spanScores,
} from '../../model/judging/index.js';
import { readParses } from '../../text/parses.js';
import type { ParsedRow } from '../../text/types.js';
import { labelsOf, parserBatches, sentencesOf } from './parser-rows.js';
import type { JudgeTrainer } from './trainer.js';

/** Trains the embedded chart parser on parsed sentences. */
export const parserTrainer: JudgeTrainer = {
  learnsFrom: 'parses',
  async prepare(config, dataFolder, device) {
    const { rows, held, on } = await readRows(config, dataFolder);
    const all = rows.flatMap(sentencesOf);
    const sentences = all.filter(({ words }) => words.length <= config.maxTokens - 2);
    if (sentences.length === 0)
      throw inputError(config.parses!, `expected sentences of at most ${config.maxTokens - 2} words to train on, found none`);
    const { layers, width, heads } = config.network;
    const model: Omit<ParserConfig, 'measured'> = {
      ...{ format: 'diffusteer-judge', version: 1, judge: 'parser' },
      network: { layers, width, heads },
      ...labelsOf(all),
      vocabulary: countFeatures(
        all.map(({ words }) => words),
        config.vocabulary.minCount,
      ),
    };
    const size = parserSize(model);
    let measured: ParserAccuracy | undefined; // of the last measurement; saveModel runs after it
    const measure = async (weights: HostTensors): Promise<ParserAccuracy> => {
      measured = await measureWith(model, weights, device, held);
      return measured;
    };
    return {
      data: [all.length, model.labels, model.vocabulary],
      parameters: spanScorerParams(size),
      loss: (weights, batch) => spanLoss(spanScores(weights, batch['ids']!, size), batch['labels']!, batch['tags']!),
      batchAt: parserBatches(sentences, model, config, split(keyOf(config.seed), 'batches')),
      measure: async (weights) => {
        const { f1, tags } = await measure(weights);
        return { scores: { 'bracket F1': f1, tags } };
      },
      saveModel: async (weights) => {
        const { f1, tags } = measured ?? (await measure(weights));
        await saveJudge(config.model, { ...model, measured: { f1, tags, on } }, weights);
      },
    };
  },
};

async function measureWith(
  model: Omit<ParserConfig, 'measured'>,
  weights: HostTensors,
  device: Device,
  held: readonly ParsedRow[],
): Promise<ParserAccuracy> {
  const parser = chartParser(model, weights, device);
  try {
    return await measureParser(parser, held);
  } finally {
    await parser.dispose();
  }
}

async function readRows({ parses, validationParses }: TrainJudgeConfig, dataFolder: string) {
  const rows = await readParses(join(dataFolder, parses!));
  if (validationParses !== undefined)
    return { rows, held: await readParses(join(dataFolder, validationParses)), on: basename(validationParses) };
  // Every twentieth row, not the last twentieth: neighbouring rows are alike.
  return {
    rows: rows.filter((_, i) => i % 20 !== 0),
    held: rows.filter((_, i) => i % 20 === 0),
    on: `every twentieth row of ${basename(parses!)}`,
  };
}
