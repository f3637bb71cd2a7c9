import { jsonHash } from '../../base/hash.js';
import { InputError, inputError } from '../../base/errors.js';
import { locate } from '../../base/locate.js';
import type { Key } from '../../base/random.js';
import type { TrainGuideConfig } from '../../config/index.js';
import type { NoiseLevel, ScheduleName } from '../../diffusion/index.js';
import { discreteLevels, sqrtAlphaBar, TIME_MAX } from '../../diffusion/schedule.js';
import { openDevice } from '../../engine/devices/open.js';
import type { HostTensor } from '../../engine/types.js';
import type { ClassifierSpec, GuideFactory, ModelInfo, Via } from '../../guide/contract.js';
import { modelInfoOf } from '../../guide/model-info.js';
import type { RegisteredGuide, Registry } from '../../guide/registry.js';
import { unknownGuide } from '../../guide/registry.js';
import { type Checkpoint, loadCheckpoint, openCheckpoint } from '../../model/checkpoint/checkpoint.js';
import { FUTURE, type GuideConfig, guideFolder, saveGuideCheckpoint } from '../../model/checkpoint/guide-checkpoint.js';
import type { ModelConfig } from '../../model/denoiser/config.js';
import { classifierSizeOf } from '../../model/denoiser/noisy-encoder.js';
import { toTokenIds } from '../../text/token-ids.js';
import type { AnnotatedRow } from '../../text/types.js';
import type { TrainingHooks } from '../session.js';
import { rowSwapper, type RowSwapper, withSwapped } from '../swap-rows.js';
import { type BaseGuide, checkBaseGuide, openBaseGuide } from './base-guide.js';
import { type GuideRows, readGuideRows } from './guide-corpus.js';
import { classifierStart } from './guide-start.js';
import { type LabelledRow, trainClassifier } from './train-classifier.js';
import { trainFuture } from './train-future.js';

export interface TrainGuideResult {
  readonly folder: string;
  /** False if the run had already finished and nothing was done. */
  readonly trained: boolean;
}

/**
 * Trains the classifier of a guide, or counts its tables, and saves the result next to the model.
 *
 * @param dataFolder base of the relative paths of the corpus
 */
export async function trainGuide(
  config: TrainGuideConfig,
  dataFolder: string,
  registry: Registry,
  hooks: TrainingHooks = {},
): Promise<TrainGuideResult> {
  const factory = guideToTrain(config, registry, 'config');
  const model = locate(config.model);
  const checkpoint = await loadCheckpoint(model);
  const info = modelInfoOf(checkpoint);
  const base = await openBaseGuide(config);
  if (base) checkBaseGuide(base, config, checkpoint);
  const asks = learnsFrom(config, factory);
  const rows = await readGuideRows(config, asks, dataFolder, checkpoint.tokenizer, hasClasses(config, factory));
  if (config.via === FUTURE) return trainFuture(config, checkpoint, factory.future!, { rows, base }, hooks);
  const folder = guideFolder(model, config.guide, config.via);
  const { guide, via } = config;
  const about = { format: 'diffusteer-guide', version: 1, guide, via, denoiser: checkpoint.hash } as const;
  if (via === 'posterior') {
    const counted = config.validationParses === undefined ? [...rows.train, ...rows.held] : rows.train;
    await saveGuideCheckpoint(folder, { config: about, tensors: factory.tables!.count(counted, info) }, { float16: false });
    return { folder, trained: true };
  }
  const swap = await rowSwapper(config, checkpoint.tokenizer);
  const classes = factory.classifier!.classes?.(withSwapped(rows.train, swap, config.seed), info) ?? [];
  const learner = { spec: factory.classifier!, info, classes, swap };
  const job = jobOf(config, checkpoint, { learner, base }, rows);
  const known = { ...about, ...(classes.length > 0 && { classes: [...classes] }), ...learnedFrom(config) };
  const saveModel = saver(folder, known, config);
  const device = await openDevice(config.device, config);
  try {
    const start = () =>
      classifierStart(checkpoint, { ...job, base, guide, classes, rows: rows.train.map(({ words }) => words) }, device);
    const trained = await trainClassifier({ ...job, device, start, folder: config.output, saveModel }, hooks);
    return { folder, trained };
  } finally {
    await device.dispose();
  }
}

/**
 * Returns the guide that a config trains.
 *
 * @param where the config's file, for messages
 * @throws InputError if there is no such guide, or it has nothing to train
 */
function guideToTrain({ guide, via }: TrainGuideConfig, registry: Registry, where: string): RegisteredGuide {
  const factory = registry.get(guide);
  if (!factory) throw new InputError(where, [{ path: '/guide', message: unknownGuide(guide, registry) }]);
  if (via === FUTURE ? !factory.future : via === 'posterior' ? !factory.tables : !learnsByGradient(factory, via)) {
    throw new InputError(where, [{ path: '/via', message: `the guide "${guide}" has nothing to train for "${via}"` }]);
  }
  return factory;
}

/**
 * Checks the config of a training up to its data: the guide, the model, and the guide that it starts from.
 *
 * @param where the config's file, for messages
 * @throws InputError
 */
export async function checkGuideToTrain(config: TrainGuideConfig, registry: Registry, where: string): Promise<void> {
  guideToTrain(config, registry, where);
  const model = await openCheckpoint(locate(config.model));
  const base = await openBaseGuide(config);
  if (base) checkBaseGuide(base, config, model);
}

/** Identifies the corpus, so that a judge can be trained on the same rows. */
function learnedFrom({ corpus }: TrainGuideConfig): Pick<GuideConfig, 'learnedFrom'> {
  if (corpus === undefined) return {};
  const { file, column, fields, where } = corpus;
  return { learnedFrom: { file, column, fields, ...(Object.keys(where).length > 0 && { where }) } };
}

const learnsByGradient = ({ classifier, places }: GuideFactory<unknown>, via: Via): boolean =>
  classifier !== undefined && places.includes(via);

function learnsFrom({ via }: TrainGuideConfig, { classifier, future }: RegisteredGuide): 'parses' | readonly string[] {
  if (via === 'posterior') return 'parses';
  return via === FUTURE ? future!.learnsFrom : classifier!.learnsFrom;
}

/** Returns whether the field `label` of the rows names a class. */
function hasClasses({ via }: TrainGuideConfig, { classifier, future }: RegisteredGuide): boolean {
  const spec = via === FUTURE ? future : classifier;
  return spec?.classes !== undefined && spec.learnsFrom !== 'parses' && spec.learnsFrom.includes('label');
}

function saver(folder: string, about: GuideConfig, { network: { layers, width, heads } }: TrainGuideConfig) {
  const config = { ...about, network: { layers, width, heads } };
  return (tensors: Record<string, HostTensor>) => saveGuideCheckpoint(folder, { config, tensors }, { float16: true });
}

function jobOf(
  config: TrainGuideConfig,
  checkpoint: Checkpoint,
  { learner, base }: { learner: Learner; base: BaseGuide | undefined },
  { train, held }: GuideRows,
) {
  const { spec, classes, swap } = learner;
  const fitting = train.filter(({ words }) => words.length <= learner.info.maxTokens - 2);
  const rows = labelled(fitting, learner);
  const validationRows = labelled(held, learner);
  if (rows.length === 0 || validationRows.length === 0)
    throw inputError(
      config.parses ?? config.corpus!.file,
      `expected rows of at most ${learner.info.maxTokens - 2} words to train and to validate on, found ${rows.length} and ${validationRows.length}`,
    );
  return {
    size: classifierSizeOf(checkpoint.config, config.network),
    denoiser: checkpoint.denoiser,
    denoiserWeights: checkpoint.weights,
    input: config.via === 'x0-gradient' ? ('predicted-x0' as const) : ('noisy' as const),
    temperature: config.temperature,
    levelAt: (share: number) => levelAt(checkpoint.config, share),
    outputs: spec.outputs(config.network.width, classes),
    loss: spec.loss,
    rows,
    ...(swap && { augment: (row: number, key: Key) => labelledRow(swap(fitting[row]!, key), learner) ?? rows[row]! }), // a longer name may not fit
    validationRows,
    optimizer: config.optimizer,
    patience: config.patience,
    seed: config.seed,
    fingerprint: jsonHash([config, checkpoint.hash, rows.length, ...(base ? [base.hash] : [])]),
    checkpointMinutes: config.checkpointMinutes,
    measureEvery: Math.max(1, Math.floor(config.optimizer.steps / 10)),
  };
}

/** The model and labels that rows are prepared for. */
interface Learner {
  readonly spec: ClassifierSpec;
  readonly info: ModelInfo;
  readonly classes: readonly string[];
  readonly swap: RowSwapper | undefined;
}

function labelled(rows: readonly AnnotatedRow[], learner: Learner): LabelledRow[] {
  return rows.flatMap((row) => labelledRow(row, learner) ?? []);
}

/** Returns undefined if the row does not fit maxTokens. */
function labelledRow(row: AnnotatedRow, { spec, info, classes }: Learner): LabelledRow | undefined {
  const ids = toTokenIds(row.words, info.vocabulary, info.maxTokens);
  return ids ? { ids, labels: spec.labels(row, info, classes) } : undefined;
}

function levelAt(config: ModelConfig, share: number): NoiseLevel {
  if (config.recipe === 'paper') {
    const levels = discreteLevels(config.schedule as ScheduleName, config.steps);
    return levels[levels.length - 1 - Math.floor(share * levels.length)]!;
  }
  const time = share * TIME_MAX;
  return { time, alphaBar: sqrtAlphaBar(time) };
}
