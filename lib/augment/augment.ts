import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { jsonHash } from '../base/hash.js';
import { InputError, inputErrorOnly, type Problem, throwProblems } from '../base/errors.js';
import { writeAside } from '../base/files.js';
import { locate, packageVersion } from '../base/locate.js';
import { withLock } from '../base/lock.js';
import { keyOf } from '../base/random.js';
import { type AugmentConfig, readJson, type TrainConfig, type TrainGuideConfig, type TrainJudgeConfig } from '../config/index.js';
import { generate } from '../generate/generate.js';
import type { Registry } from '../guide/registry.js';
import { openCheckpoint, type OpenCheckpoint } from '../model/checkpoint/checkpoint.js';
import { checkTextEmbedder } from '../model/external/text-embedder.js';
import { placeClauses, unknownGuides } from '../plan/clauses.js';
import { trainModel } from '../train/denoiser/train-model.js';
import { trainGuide } from '../train/guides/train-guide.js';
import { trainJudge } from '../train/judges/train-judge.js';
import type { TrainingHooks } from '../train/session.js';
import { checkGivenRows, type GivenRows, labelNameRows, readGivenRows, rowsInFile } from './given-rows.js';
import { openLabelJudge } from './label-judge.js';
import { type AugmentSummary, summaryOf, SUMMARY_FILE, writeResults } from './results.js';
import { HELD_FILE, splitRows, TRAIN_FILE, writeRowFiles } from './row-files.js';
import { type Rewriter, rewritingTargets } from './rewriting.js';
import { type LabelRound, type MakeRound, type RoundsHooks, runRounds } from './rounds.js';
import { Selection } from './selection.js';
import { decoderOf, denoiserTraining, guideTraining, languageModelTraining, modelFolder, roundConfig } from './training.js';

/** The part of a run that is at work. */
export type AugmentStage = 'model' | 'decoder' | 'guide' | 'texts';

export interface AugmentHooks extends RoundsHooks, TrainingHooks {
  onStage?(stage: AugmentStage): void;
}

/** A config of `augment` that passed all checks. */
export interface AugmentPlan {
  readonly config: AugmentConfig;
  /** The rows of the file and, with `labelNames`, the names of the labels. */
  readonly given: GivenRows;
  readonly base: OpenCheckpoint;
  readonly train: TrainConfig;
  /** Undefined if the base model has no language model to decode with. */
  readonly decoder: TrainJudgeConfig | undefined;
  readonly guide: TrainGuideConfig;
}

export interface AugmentResult {
  readonly folder: string;
  readonly summary: AugmentSummary;
  /** False if the run had already finished and nothing was done. */
  readonly isNew: boolean;
}

/**
 * Makes labelled rows from labelled rows: fine-tunes the base model on them, trains the guide of labels, generates texts for each label, and
 * keeps those that another classifier agrees with and that copy nothing. A stopped run resumes to the same bytes.
 *
 * @param dataFolder folder that the paths of the rows are relative to
 * @param where the config's file, for messages
 * @throws InputError with every problem of the config or the rows; Interrupted with all finished work on the disk
 */
export async function augment(
  config: AugmentConfig,
  dataFolder: string,
  registry: Registry,
  where: string,
  hooks: AugmentHooks = {},
): Promise<AugmentResult> {
  const plan = await planAugment(config, dataFolder, registry, where);
  return withLock(config.output, 'diffusteer augment', () => run(plan, registry, where, hooks));
}

async function run(plan: AugmentPlan, registry: Registry, where: string, hooks: AugmentHooks): Promise<AugmentResult> {
  const { config } = plan;
  const { output: folder } = config;
  await openFolder(plan);
  const summary = await readSummary(folder);
  if (summary) return { folder, summary, isNew: false };
  const rows = await fineTune(plan, hooks);
  if (!config.rewrite) {
    hooks.onStage?.('guide');
    await trainGuide(plan.guide, rows, registry, hooks);
  }
  const { hash } = await openCheckpoint(modelFolder(folder));
  hooks.onStage?.('texts');
  const { selection, rounds } = await selectedTexts(plan, guidedRound(plan, registry, where), config.output, hooks);
  const model = { path: modelFolder(folder), hash, base: { path: config.from, hash: plan.base.hash } };
  const made = summaryOf(selection, { config, rounds, model, given: plan.given.rows.length });
  await writeResults(folder, selection.kept, plan.given.rows, made);
  return { folder, summary: made, isNew: true };
}

/** Makes texts in rounds below a folder, and passes them through the filter. */
export async function selectedTexts(
  { given, config: { filter, perLabel, seed } }: AugmentPlan,
  make: MakeRound,
  folder: string,
  hooks: RoundsHooks,
): Promise<{ selection: Selection; rounds: number }> {
  const judge = await openLabelJudge(given.rows, filter);
  try {
    const selection = new Selection(given, judge, filter, perLabel);
    const options = { folder: join(folder, 'rounds'), key: keyOf(seed), perLabel, tries: filter.tries };
    return { selection, rounds: await runRounds(selection, make, options, hooks) };
  } finally {
    await judge.dispose();
  }
}

/** Reads everything that a config names and checks it. @throws InputError with every problem */
export async function planAugment(
  config: AugmentConfig,
  dataFolder: string,
  registry: Registry,
  where: string,
): Promise<AugmentPlan> {
  const problems: Problem[] = unknownGuides(placeClauses(config.guidance, '/guidance'), registry);
  const collect = <T>(path: string, work: () => T | Promise<T>): Promise<T | undefined> => collected(problems, path, work);
  const given = await collect('/data', async () => {
    const rows = await readGivenRows(config.data, dataFolder);
    checkGivenRows(rows);
    return config.labelNames ? { ...rows, rows: [...rows.rows, ...labelNameRows(rows.labels)] } : rows;
  });
  const { embedder } = config.filter;
  if (embedder !== undefined) await collect('/filter/embedder', () => checkTextEmbedder(locate(embedder)));
  const base = await collect('/from', () => openCheckpoint(locate(config.from)));
  const train = base && (await collect('', () => denoiserTraining(config, base, given ? rowsInFile(given.rows).length : 0)));
  const decoder = base && (await collect('', () => decoderTraining(config, base)));
  const guide = await collect('', () => guideTraining(config));
  await collect('', () => roundOf(config, { folder: 'round', seed: 1, wanted: [{ label: 'label', texts: 1 }] }));
  if (given && train) problems.push(...lengthProblems(given, train));
  throwProblems(where, problems);
  return { config, given: given!, base: base!, train: train!, decoder, guide: guide! };
}

/** Collects the problems of an InputError, under a path if they have none of the config. */
async function collected<T>(problems: Problem[], path: string, work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const { message, problems: its } = inputErrorOnly(error);
    problems.push(...(path === '' ? its : [{ path, message }]));
    return undefined;
  }
}

/** Refuses labels of which no row fits the model. */
function lengthProblems({ labels, rows }: GivenRows, { model: { maxTokens } }: TrainConfig): Problem[] {
  const most = maxTokens - 2;
  const fitting = new Set(rows.filter(({ words }) => words.length <= most).map(({ label }) => label));
  return labels
    .filter((label) => !fitting.has(label))
    .map((label) => ({
      path: '/data',
      message: `expected a row of at most ${most} words with the label "${label}", found none; set "model.maxTokens" in \`train\``,
    }));
}

async function decoderTraining(config: AugmentConfig, base: OpenCheckpoint): Promise<TrainJudgeConfig | undefined> {
  const from = decoderOf(config.from);
  const { seed, device, output, trainDecoder } = config;
  if (from === undefined) return undefined;
  const files = { train: TRAIN_FILE, held: HELD_FILE };
  const own = { seed, device, output: join(output, 'decoder'), model: join(modelFolder(output), 'decoder') };
  return languageModelTraining({ from, files, maxTokens: base.config.maxTokens, ...own }, trainDecoder, '/trainDecoder');
}

/**
 * Fine-tunes the base model on the rows, and the language model that it decodes with.
 *
 * @returns the folder of the rows, in the files of row-files.ts
 */
export async function fineTune({ config, given, train, decoder }: AugmentPlan, hooks: AugmentHooks): Promise<string> {
  const rows = join(config.output, 'rows');
  await writeRowFiles(rows, splitRows(rowsInFile(given.rows), config.seed));
  hooks.onStage?.('model');
  await trainModel(train, rows, hooks);
  if (decoder) {
    hooks.onStage?.('decoder');
    await trainJudge(decoder, rows, hooks);
  }
  return rows;
}

const guidedRound =
  (plan: AugmentPlan, registry: Registry, where: string): MakeRound =>
  async (round, { onProgress, signal, bestThreads }) => {
    const { config } = plan;
    const made = config.rewrite ? await rewritingRound(plan, config.rewrite, round) : await roundOf(config, round);
    await generate(made, registry, where, { signal, bestThreads, ...(onProgress && { onProgress }) });
  };

async function rewritingRound({ config, given }: AugmentPlan, rewrite: Pick<Rewriter, 'keep' | 'gap'>, round: LabelRound) {
  const model = modelFolder(config.output);
  const { tokenizer, config: { maxTokens } } = await openCheckpoint(model); // prettier-ignore
  const rewriter = { ...rewrite, vocabulary: tokenizer.vocabulary, mostWords: maxTokens - 2 };
  const labelClause = { guide: 'infill', template: { from: 'template' } };
  return roundConfig({ ...config, model, labelClause, targetsOf: rewritingTargets(given.rows, rewriter) }, round);
}

function roundOf(config: AugmentConfig, round: LabelRound) {
  const labelClause = { guide: 'classify', label: { from: 'label' }, ...config.classify };
  return roundConfig({ ...config, model: modelFolder(config.output), labelClause }, round);
}

/** What a folder was started with, as in augment.json. */
interface Beginning {
  readonly version: string;
  readonly config: AugmentConfig;
  /** SHA-256 of the weights of the base model, and of the rows. */
  readonly base: string;
  readonly rows: string;
}

/** Opens the folder of a run. @throws InputError that names every difference, if another run was started there */
async function openFolder({ config, given, base }: AugmentPlan): Promise<void> {
  const path = join(config.output, 'augment.json');
  const rows = jsonHash(given.rows.map(({ text, label }) => [text, label]));
  const now: Beginning = { version: packageVersion(), config, base: base.hash, rows };
  const isBegun = (await readFile(path, 'utf8').catch(() => undefined)) !== undefined;
  if (isBegun) return checkSameBeginning(path, (await readJson(path)) as Beginning, now);
  await writeAside(path, `${JSON.stringify(now, null, 2)}\n`);
}

function checkSameBeginning(path: string, begun: Beginning, now: Beginning): void {
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
  const keys = Object.keys({ ...begun.config, ...now.config }) as (keyof AugmentConfig)[];
  const problems = keys
    .filter((key) => key !== 'output' && !isDeepStrictEqual(plain(begun.config[key]), plain(now.config[key])))
    .map((key): Problem => ({
      path: `/${key}`,
      message: 'differs from the config that the run in this folder was started with',
    }));
  if (begun.base !== now.base) problems.push({ path: '/from', message: 'the base model has changed since the run was started' });
  if (begun.rows !== now.rows) problems.push({ path: '/data', message: 'the rows have changed since the run was started' });
  if (problems.length === 0) return;
  throw new InputError(path, [
    ...problems,
    { path: '', message: 'choose another output folder, or remove this one to start again' },
  ]);
}

/** Reads the summary of a finished run; undefined if it has not finished. */
async function readSummary(folder: string): Promise<AugmentSummary | undefined> {
  const text = await readFile(join(folder, SUMMARY_FILE), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as AugmentSummary);
}
