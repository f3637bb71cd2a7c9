import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeAside } from '../../base/files.js';
import { keyOf, permutation, split } from '../../base/random.js';
import type { AugmentBenchmarkConfig, AugmentConfig } from '../../config/index.js';
import { generate } from '../../generate/generate.js';
import type { Registry } from '../../guide/registry.js';
import { FUTURE } from '../../model/checkpoint/guide-checkpoint.js';
import { csvRows, csvText } from '../../text/csv.js';
import { readText } from '../../text/read-text.js';
import { trainGuide } from '../../train/guides/train-guide.js';
import { trainJudge } from '../../train/judges/train-judge.js';
import { augment, type AugmentHooks, type AugmentPlan, fineTune, selectedTexts } from '../augment.js';
import type { LabelledRowText } from '../downstream/index.js';
import { type GivenRow, type GivenRows, labelNameRows, rowsByLabel, rowsInFile } from '../given-rows.js';
import { GENERATED_FILE } from '../results.js';
import { HELD_FILE, splitRows, TRAIN_FILE, writeRowFiles } from '../row-files.js';
import type { MakeRound } from '../rounds.js';
import { decoderOf, labelTraining, languageModelTraining, modelFolder, roundConfig } from '../training.js';
import { labelledRound, withLabelWord } from './autoregressive.js';
import { easyAugmentation } from './eda.js';

export type AugmentMethod = AugmentBenchmarkConfig['methods'][number];

/** One set of rows with one random seed. */
export interface Trial {
  readonly benchmark: AugmentBenchmarkConfig;
  /** What `ours` does in this trial; its output is the folder of `ours`. */
  readonly plan: AugmentPlan;
  /** Further real rows. */
  readonly real: GivenRows;
  /** Folder of the trial. */
  readonly folder: string;
  readonly dataFolder: string;
  readonly registry: Registry;
  /** The config's file, for messages. */
  readonly where: string;
}

/**
 * Makes the rows that a method adds to those of the file, or reads them if they were made before. With `labelNames`, each method that augments
 * adds the names of the labels too.
 */
export async function rowsOfMethod(method: AugmentMethod, trial: Trial, hooks: AugmentHooks): Promise<LabelledRowText[]> {
  const made = await madeBy(method, trial, hooks);
  const { given, config } = trial.plan;
  const isGivenNames = config.labelNames && !['none', 'names', 'real'].includes(method);
  return [...(isGivenNames ? labelNameRows(given.labels) : []), ...made];
}

function madeBy(method: AugmentMethod, trial: Trial, hooks: AugmentHooks): Promise<readonly LabelledRowText[]> {
  const { benchmark, plan } = trial;
  const { perLabel, seed } = plan.config;
  const key = split(keyOf(seed), method);
  switch (method) {
    case 'none':
      return Promise.resolve([]);
    case 'names':
      return Promise.resolve(labelNameRows(plan.given.labels));
    case 'eda':
      return Promise.resolve(easyAugmentation(rowsInFile(plan.given.rows), { perLabel, alpha: benchmark.eda.alpha, key }));
    case 'real':
      return Promise.resolve(realRows(plan.given, trial.real, perLabel, seed));
    case 'autoregressive':
      return autoregressiveRows(trial, hooks);
    case 'fudge':
      return fudgeRows(trial, hooks);
    case 'ours':
      return ourRows(trial, hooks);
  }
}

/** Draws further real rows of each label that are not among those of the set. */
function realRows(given: GivenRows, { rows }: GivenRows, perLabel: number, seed: number): GivenRow[] {
  const known = new Set(given.rows.map(({ text, label }) => `${label}\n${text}`));
  const fresh = rowsByLabel(rows.filter(({ text, label }) => !known.has(`${label}\n${text}`)));
  return given.labels.flatMap((label) => {
    const own = fresh.get(label) ?? [];
    return [...permutation(split(keyOf(seed), 'real', label), own.length)].slice(0, perLabel).map((i) => own[i]!);
  });
}

async function ourRows({ plan, dataFolder, registry, where }: Trial, hooks: AugmentHooks): Promise<readonly LabelledRowText[]> {
  const { folder } = await augment(plan.config, dataFolder, registry, where, hooks);
  return readMade(join(folder, GENERATED_FILE), plan.config);
}

/** Samples a language model that learned the rows after the words of their labels. */
async function autoregressiveRows(trial: Trial, hooks: AugmentHooks): Promise<readonly LabelledRowText[]> {
  const { benchmark, plan, folder } = trial;
  const { labels, rows } = plan.given;
  const own = join(folder, 'autoregressive');
  await writeRowFiles(join(own, 'rows'), splitRows(rowsInFile(rows), plan.config.seed), withLabelWord(labels));
  const model = await trainLanguageModel(trial, own, 1, hooks);
  return filtered(trial, own, labelledRound(model, labels, benchmark.autoregressive, benchmark), hooks);
}

/** Samples a language model of the rows, reweighted by a discriminator of labels (Yang and Klein 2021). */
async function fudgeRows(trial: Trial, hooks: AugmentHooks): Promise<readonly LabelledRowText[]> {
  const { benchmark, plan, folder, registry, where } = trial;
  const { seed, device, guidance } = plan.config;
  const own = join(folder, 'fudge');
  const rows = await fineTune(plan, hooks); // its vocabulary and longest text are those of `ours`
  await writeRowFiles(join(own, 'rows'), splitRows(rowsInFile(plan.given.rows), seed));
  const language = await trainLanguageModel(trial, own, 0, hooks);
  const { train, ...options } = benchmark.fudge;
  const model = modelFolder(plan.config.output);
  const training = await labelTraining(
    { via: FUTURE, seed, device, model, output: join(own, 'discriminator') },
    train,
    '/fudge/train',
  );
  hooks.onStage?.('guide');
  await trainGuide(training, rows, registry, hooks);
  hooks.onStage?.('guide');
  await trainGuide(plan.guide, rows, registry, hooks); // scores the texts, which FUDGE alone made
  const generation = { method: { name: 'fudge', model: language, ...options } };
  const labelClause = { guide: 'classify', via: plan.config.classify.via, label: { from: 'label' } };
  const make: MakeRound = async (round, { onProgress, signal, bestThreads }) => {
    const config = await roundConfig({ model, device, generate: generation, guidance, labelClause }, round);
    await generate(config, registry, where, { signal, bestThreads, ...(onProgress && { onProgress }) });
  };
  return filtered(trial, own, make, hooks);
}

/** Trains the language model of a method on the rows in its folder. @param labelWords words before each text */
async function trainLanguageModel(
  { benchmark: { languageModel, device }, plan }: Trial,
  folder: string,
  labelWords: number,
  hooks: AugmentHooks,
): Promise<string> {
  const from = languageModel.from ?? decoderOf(plan.config.from);
  const own = { seed: plan.config.seed, device, output: join(folder, 'training'), model: join(folder, 'model') };
  const files = { train: TRAIN_FILE, held: HELD_FILE };
  const maxTokens = plan.train.model.maxTokens + labelWords;
  const config = await languageModelTraining({ from, files, maxTokens, ...own }, languageModel.train, '/languageModel/train');
  hooks.onStage?.('decoder');
  await trainJudge(config, join(folder, 'rows'), hooks);
  return config.model;
}

/** Makes the rows of a baseline through the same filter as ours, and writes them. */
async function filtered(
  { plan }: Trial,
  folder: string,
  make: MakeRound,
  hooks: AugmentHooks,
): Promise<readonly LabelledRowText[]> {
  const { config } = plan;
  const path = join(folder, GENERATED_FILE);
  if (existsSync(path)) return readMade(path, config);
  hooks.onStage?.('texts');
  const { selection } = await selectedTexts(plan, make, folder, hooks);
  await writeAside(
    path,
    csvText(
      [config.data.text, config.data.label],
      selection.kept.map(({ text, label }) => [text, label]),
    ),
  );
  return selection.kept;
}

/** Reads generated rows; a file with a header alone has none. */
async function readMade(path: string, { data }: Pick<AugmentConfig, 'data'>): Promise<readonly LabelledRowText[]> {
  const fields = { label: data.label };
  return csvRows(path, await readText(path), data.text, fields).map((row) => ({ text: row.text, label: row.fields!['label']! }));
}
