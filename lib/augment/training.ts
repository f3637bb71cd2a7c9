import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, inputErrorOnly, type Problem } from '../base/errors.js';
import { locate } from '../base/locate.js';
import {
  type AugmentConfig,
  checkConfig,
  type ConfigKind,
  type ConfigOf,
  type GenerateConfig,
  type TrainConfig,
  type TrainGuideConfig,
  type TrainJudgeConfig,
} from '../config/index.js';
import { loadLanguageModelConfig } from '../model/causal/language-model-checkpoint.js';
import type { OpenCheckpoint } from '../model/checkpoint/checkpoint.js';
import { hasGuideCheckpoint } from '../model/checkpoint/guide-checkpoint.js';
import { fineTuning } from '../train/denoiser/preset.js';
import { checkGuideTraining } from '../train/guides/index.js';
import { HELD_FILE, TRAIN_FILE } from './row-files.js';
import type { LabelRound, WantedTexts } from './rounds.js';

type Values = Readonly<Record<string, unknown>>;

/** Settings of the training of a language model on some hundred rows. */
const LANGUAGE_MODEL: Values = {
  'vocabulary.minCount': 1,
  'optimizer.steps': 400,
  'optimizer.batchSize': 32,
  'optimizer.peakLearningRate': 3e-4,
  'optimizer.warmupSteps': 40,
  'optimizer.emaDecay': 0.98,
};

const CLASSIFIER: Values = {
  'optimizer.steps': 1200,
  'optimizer.batchSize': 32,
  'optimizer.warmupSteps': 50,
  'optimizer.emaDecay': 0.99,
};

/** The parts of an `augment` config that its trainings read. */
export type TrainingSource = Pick<AugmentConfig, 'from' | 'classify' | 'seed' | 'device' | 'output' | 'train' | 'trainGuide'>;

/** Returns the folder of the fine-tuned model. */
export const modelFolder = (output: string): string => join(output, 'train', 'model');

/** Returns the folder of the language model that a base model decodes with; undefined if it has none. */
export function decoderOf(from: string): string | undefined {
  const folder = join(from, 'decoder');
  return existsSync(join(locate(folder), 'config.json')) ? folder : undefined;
}

/** Returns the config that fine-tunes the base model on so many rows. @throws InputError at `/train/...` */
export function denoiserTraining(
  { from, seed, device, output, train }: TrainingSource,
  base: OpenCheckpoint,
  rows: number,
): Promise<TrainConfig> {
  const { recipe, maxTokens, embeddingWidth, layers, width, heads, feedForward } = base.config as Required<TrainConfig['model']>;
  const own = {
    ...{ name: 'augmented', from, seed, device, output: join(output, 'train') },
    data: { file: TRAIN_FILE, column: 'text', validation: HELD_FILE },
    tokenizer: { name: 'words', minCount: 1 },
    model: { recipe, maxTokens, embeddingWidth, layers, width, heads, feedForward },
    ...fineTuning({ rows }),
  };
  return settled(own, {}, train, {
    path: '/train',
    check: checkOf('train'),
    fixed: ['from', 'seed', 'device', 'output', 'data'],
  });
}

/**
 * Returns the config that trains the guide on the rows, from the guide of the base model if it has one.
 *
 * @throws InputError at `/trainGuide/...`
 */
export async function guideTraining(source: TrainingSource): Promise<TrainGuideConfig> {
  const { from, classify, seed, device, output, trainGuide } = source;
  const isThere = await hasGuideCheckpoint(locate(from), 'classify', classify.via);
  const own = { via: classify.via, seed, device, model: modelFolder(output), output: join(output, 'guide') };
  return labelTraining({ ...own, ...(isThere && { from }) }, trainGuide, '/trainGuide');
}

/** Returns the config that trains a guide or a discriminator of labels on the rows. */
export async function labelTraining(
  own: Pick<TrainGuideConfig, 'via' | 'seed' | 'device' | 'model' | 'output' | 'from'>,
  values: Values,
  path: string,
): Promise<TrainGuideConfig> {
  const corpus = { file: TRAIN_FILE, validation: HELD_FILE, column: 'text' };
  const fixed = ['guide', 'via', 'model', 'seed', 'device', 'output', 'corpus', 'parses'];
  const whole = { ...own, guide: 'classify', corpus };
  const settling = { path, fixed, check: (value: unknown, set: string[]) => checkGuideTraining(value, { set }) };
  return settled(whole, own.from === undefined ? CLASSIFIER : {}, values, settling); // a base has its own defaults
}

/** A language model to train on the rows. */
export interface LanguageModelSource extends Pick<TrainJudgeConfig, 'seed' | 'device' | 'output' | 'model'> {
  /** Folder of the language model to continue from; one is trained anew without it. */
  readonly from: string | undefined;
  /** Files of the rows. */
  readonly files: { readonly train: string; readonly held: string };
  /** Fewest tokens of its longest text, START and END included. */
  readonly maxTokens: number;
}

/**
 * Returns the config that trains a language model on the rows, with the sizes of the one that it continues from.
 *
 * @param path of the values in the config
 * @throws InputError at that path, or if the folder of the base holds no language model
 */
export async function languageModelTraining(
  { from, files, maxTokens, ...own }: LanguageModelSource,
  values: Values,
  path: string,
): Promise<TrainJudgeConfig> {
  const base = from === undefined ? undefined : await loadLanguageModelConfig(locate(from));
  const sizes = base && { network: { layers: base.layers, width: base.width, heads: base.heads } };
  return settled(
    {
      ...{ ...own, ...sizes, ...(from !== undefined && { from }), judge: 'language-model' },
      corpus: { file: files.train, validation: files.held, column: 'text' },
      maxTokens: Math.max(maxTokens, base?.maxTokens ?? 0),
    },
    LANGUAGE_MODEL,
    values,
    { path, check: checkOf('train-judge'), fixed: ['judge', 'from', 'seed', 'device', 'output', 'model', 'corpus', 'parses'] },
  );
}

/** Texts of a target that a run makes at least, so that a late round for single texts does not plan each of them by itself. */
const LEAST_PER_TARGET = 4;

/** A round of generation with a trained model. */
export interface RoundSource extends Pick<AugmentConfig, 'device' | 'generate' | 'guidance'> {
  /** Folder of the model. */
  readonly model: string;
  /** The clause that asks for the label, `{ "from": "label" }`, or for the words of a row, `{ "from": "template" }`. */
  readonly labelClause: GenerateConfig['guidance'][number];
  /** Returns targets for a label, one per text, if they say more than the label. */
  targetsOf?(wanted: WantedTexts): readonly LabelTarget[];
}

/** A target of a round. */
export type LabelTarget = Readonly<Record<string, unknown>> & { readonly label: string };

/** Returns the config of a round. @throws InputError at `/generate/...` */
export function roundConfig(
  { model, device, labelClause, guidance, generate, targetsOf }: RoundSource,
  { folder, seed, wanted }: LabelRound,
): Promise<GenerateConfig> {
  const perLabel = Math.max(LEAST_PER_TARGET, Math.min(...wanted.map(({ texts }) => texts)));
  const samplesPerTarget = targetsOf ? 1 : perLabel;
  const targets = wanted.flatMap((its): readonly LabelTarget[] =>
    targetsOf ? targetsOf(its) : Array.from({ length: Math.ceil(its.texts / perLabel) }, () => ({ label: its.label })),
  );
  const own = { model, device, seed, output: folder, targets, samplesPerTarget, guidance: [labelClause, ...guidance] };
  const fixed = ['model', 'device', 'seed', 'output', 'targets', 'samplesPerTarget', 'guidance'];
  return settled(own, {}, generate, { path: '/generate', fixed, check: checkOf('generate') });
}

interface Settling<C> {
  /** Path of the values in the config of `augment`. */
  readonly path: string;
  /** Fields that the config of `augment` decides. */
  readonly fixed: readonly string[];
  check(value: unknown, set: string[]): C | Promise<C>;
}

/** Returns a config of another command from what `augment` decides, its defaults, and the values of the user. */
async function settled<C>(own: object, defaults: Values, given: Values, { path, fixed, check }: Settling<C>): Promise<C> {
  const problems = Object.keys(given)
    .filter((name) => fixed.includes(name.split('.')[0]!))
    .map((name): Problem => ({ path: `${path}/${name}`, message: 'is decided by `augment`; leave it out' }));
  const set = Object.entries({ ...defaults, ...given }).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  try {
    const config = await check(own, set);
    if (problems.length === 0) return config;
  } catch (error) {
    for (const problem of inputErrorOnly(error).problems)
      problems.push({ path: path + problem.path, message: problem.message.replace('--set: ', '') });
  }
  throw new InputError('config', problems);
}

/** Returns the check of a kind of config. */
const checkOf =
  <K extends ConfigKind>(kind: K) =>
  (value: unknown, set: string[]): ConfigOf<K> =>
    checkConfig(kind, value, { set });
