import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { inputError } from '../../base/errors.js';
import { keyOf } from '../../base/random.js';
import { checkConfig, readJson, type TrainConfig } from '../../config/index.js';
import type { DeviceName } from '../../engine/types.js';
import { loadCheckpoint } from '../../model/checkpoint/checkpoint.js';
import { type CorpusOptions, readCorpus } from '../../text/corpus.js';
import type { Tokenizer } from '../../text/types.js';
import { unguidedTexts } from '../denoiser/sample-while-training.js';
import { validateModel } from '../denoiser/validate-model.js';
import { readLog } from '../log.js';
import { corpusOptions } from '../training-data.js';
import { corpusFacts, type CorpusRows, type ModelEvidence, sampleFacts, type Settings } from './evidence.js';
import { type Finding, findingsOf } from './findings.js';

export interface DoctorOptions {
  /** For a run, the folder of its corpus; for a model alone, a corpus file. */
  readonly data?: string;
  /** Column of a corpus file. */
  readonly column?: string;
  /** Number of texts to sample; 0 for none. Default 16. */
  readonly samples?: number;
  readonly device?: DeviceName | 'auto';
}

/** What is wrong with a model, and what was measured. */
export interface Diagnosis {
  readonly model: string;
  readonly evidence: ModelEvidence;
  readonly findings: readonly Finding[];
}

/** CorpusRows on which a model alone is measured: enough for a mean, in seconds. */
const MEASURED_ROWS = 64;

/**
 * Says what is wrong with a trained model: by its log, its corpus, its cross-entropy by noise level, and a few texts without guidance.
 *
 * @param path a run of `train`, or a model folder
 * @throws InputError if there is no model, or the corpus cannot be read
 */
export async function diagnose(path: string, options: DoctorOptions = {}): Promise<Diagnosis> {
  const { model, run } = placeOf(path);
  const config = run === undefined ? undefined : checkConfig('train', await readJson(join(run, 'train.json')));
  const checkpoint = await loadCheckpoint(model);
  const { tokenizer } = checkpoint;
  const log = run === undefined ? [] : await readLog(join(run, 'log.jsonl'), Infinity);
  const rows = config ? await rowsOfRun(config, tokenizer, options.data) : await rowsOfFile(tokenizer, options);
  const levels = await levelsOf(model, { log, config }, options);
  const corpus =
    rows && corpusFacts(rows.all, (word) => tokenizer.vocabulary.id(word) !== undefined, checkpoint.config.maxTokens);
  const { samples: count = 16, device = 'auto' } = options;
  const texts = count > 0 && rows ? await unguidedTexts(checkpoint, { count, steps: 30, device }, keyOf(1)) : [];
  const samples = texts.map((text) => tokenizer.tokenize(text));
  const evidence: ModelEvidence = {
    settings: settingsOf(checkpoint.config, config),
    log,
    ...(levels && { levels }),
    ...(corpus && { corpus }),
    ...(rows && samples.length > 0 && { samples: sampleFacts(samples, rows) }),
  };
  return { model, evidence, findings: findingsOf(evidence) };
}

/** Finds the model and the run of a path: RUN, RUN/model or a model by itself. */
function placeOf(path: string): { model: string; run?: string } {
  const isRun = (folder: string): boolean => existsSync(join(folder, 'train.json'));
  if (isRun(path)) return { model: join(path, 'model'), run: path };
  if (!existsSync(join(path, 'config.json')))
    throw inputError(path, 'expected a run of `diffusteer train` (with train.json) or a model folder (with config.json)');
  const parent = dirname(resolve(path));
  return isRun(parent) ? { model: path, run: parent } : { model: path };
}

/** Reads the corpus of a run. Without `data`, a corpus that is not in the working directory is left out. */
async function rowsOfRun(
  { data }: TrainConfig,
  tokenizer: Tokenizer,
  folder: string | undefined,
): Promise<CorpusRows | undefined> {
  if (folder === undefined && !existsSync(data.file)) return undefined;
  const read = (file: string) => tokenRows(join(folder ?? '.', file), tokenizer, corpusOptions(data));
  return split(await read(data.file), data.validation === undefined ? undefined : await read(data.validation));
}

async function rowsOfFile(tokenizer: Tokenizer, { data, column }: DoctorOptions): Promise<CorpusRows | undefined> {
  if (data === undefined) return undefined;
  return split(await tokenRows(data, tokenizer, column === undefined ? {} : { column }));
}

async function tokenRows(path: string, tokenizer: Tokenizer, options: CorpusOptions): Promise<string[][]> {
  return (await readCorpus(path, options)).rows.map(({ text }) => tokenizer.tokenize(text));
}

/** Holds out every twentieth row to compare texts with, if there are no other rows for that. */
function split(all: readonly (readonly string[])[], validation?: CorpusRows['held']): CorpusRows {
  if (validation !== undefined) return { all, counted: all, held: validation };
  return { all, counted: all.filter((_, i) => i % 20 !== 0 || all.length < 2), held: all.filter((_, i) => i % 20 === 0) };
}

/** Returns the newest validation of the log, or measures a model that has none. */
async function levelsOf(
  model: string,
  { log, config }: { log: ModelEvidence['log']; config: TrainConfig | undefined },
  { data, column, device = 'auto' }: DoctorOptions,
): Promise<Readonly<Record<string, number>> | undefined> {
  const logged = log.findLast(({ validation }) => typeof validation === 'object' && validation !== null);
  if (logged) return logged['validation'] as Record<string, number>;
  if (config || data === undefined) return undefined;
  const options = { device, rows: MEASURED_ROWS, ...(column === undefined ? {} : { column }) };
  return (await validateModel(model, data, options)).levels;
}

function settingsOf({ maxTokens, vocabularySize }: Settings, config: TrainConfig | undefined): Settings {
  if (!config) return { maxTokens, vocabularySize };
  const { tokenizer, optimizer, from } = config;
  const minCount = tokenizer.name === 'words' ? tokenizer.minCount : undefined;
  const { steps, peakLearningRate } = optimizer;
  return { maxTokens, vocabularySize, training: { steps, peakLearningRate, minCount, isFineTuning: from !== undefined } };
}
