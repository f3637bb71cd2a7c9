import { join } from 'node:path';
import { jsonHash } from '../../base/hash.js';
import { writeAside } from '../../base/files.js';
import { locate } from '../../base/locate.js';
import { keyOf, split } from '../../base/random.js';
import type { TrainConfig } from '../../config/index.js';
import { openDevice } from '../../engine/devices/open.js';
import type { HostTensors } from '../../engine/types.js';
import { denoiserOf, type OpenCheckpoint, withWeights } from '../../model/checkpoint/checkpoint.js';
import type { ModelConfig } from '../../model/denoiser/config.js';
import type { Tokenizer } from '../../text/types.js';
import type { TrainingHooks } from '../session.js';
import { phraseSwapper } from '../swap.js';
import { readPhraseGroups, readTrainingData, type TrainingData } from '../training-data.js';
import { checkBase, continueFrom } from './continue-from.js';
import { unguidedTexts } from './sample-while-training.js';
import { trainDenoiser } from './train-denoiser.js';

export interface TrainModelHooks extends TrainingHooks {
  /** Called once with the data, before the first step. */
  onData?(data: TrainingData): void;
}

export interface TrainModelResult {
  /** Folder of the trained checkpoint. */
  readonly model: string;
  /** False if the run had already finished and nothing was done. */
  readonly trained: boolean;
}

/**
 * Trains a denoiser as a config says, or resumes its training.
 *
 * @param dataFolder base of the relative paths of `config.data`
 * @throws InputError for mistakes in the config or the corpus, and as runTraining
 */
export async function trainModel(
  config: TrainConfig,
  dataFolder: string,
  hooks: TrainModelHooks = {},
): Promise<TrainModelResult> {
  const data = await readTrainingData(config, dataFolder);
  hooks.onData?.(data);
  const { output: folder, validation } = config;
  const { names } = config.augmentation;
  const augment = names && phraseSwapper(await readPhraseGroups(locate(names.path), data.tokenizer), names.share);
  const modelConfig = modelConfigOf(config, data.tokenizer.vocabulary.size);
  const start = data.base && continuation(config, modelConfig, data, data.base);
  const device = await openDevice(config.device, config);
  try {
    const trained = await trainDenoiser(
      {
        folder,
        device,
        config: modelConfig,
        tokenizer: data.tokenizer,
        rows: data.rows,
        validationRows: data.validationRows.slice(0, validation.rows),
        augment,
        objective: config.objective,
        ...(start && { start }),
        optimizer: config.optimizer,
        seed: config.seed,
        fingerprint: fingerprintOf(config, data),
        checkpointMinutes: config.checkpointMinutes,
        ...{ measureEvery: validation.everySteps, patience: validation.patience },
        onOpened: () => writeAside(join(folder, 'train.json'), `${JSON.stringify(config, null, 2)}\n`),
        sample: samplerOf(config, modelConfig, data.tokenizer),
      },
      hooks,
    );
    return { model: join(folder, 'model'), trained };
  } finally {
    await device.dispose();
  }
}

/**
 * Reads the data of a config and compares the base with its sizes, as training does before the first step.
 *
 * @throws InputError
 */
export async function checkTrainingData(config: TrainConfig, dataFolder: string): Promise<TrainingData> {
  const data = await readTrainingData(config, dataFolder);
  if (data.base) checkBase(data.base, modelConfigOf(config, data.tokenizer.vocabulary.size));
  return data;
}

/** Returns a function that samples texts for the log if they are due: at the first measurement after every `everySteps` steps. */
function samplerOf({ samples, validation, device, seed }: TrainConfig, config: ModelConfig, tokenizer: Tokenizer) {
  const { count, everySteps } = samples;
  return async (weights: HostTensors, step: number): Promise<readonly string[]> => {
    const due = Math.floor(step / everySteps) > Math.floor((step - validation.everySteps) / everySteps);
    if (count === 0 || !due) return [];
    return unguidedTexts({ config, weights, tokenizer }, { count, steps: 50, device }, split(keyOf(seed), 'samples'));
  };
}

/** Returns the `config.json` of the checkpoint. The paper's recipe has the paper's schedule (Li et al. 2022, appendix A). */
export function modelConfigOf({ model }: TrainConfig, vocabularySize: number): ModelConfig {
  const { recipe, ...sizes } = model;
  const head = { format: 'diffusteer', version: 1, vocabularySize } as const;
  if (recipe === 'score-interpolation') return { ...head, recipe, ...sizes };
  return { ...head, recipe, ...sizes, steps: 2000, schedule: 'sqrt', timeChannels: 128, maxPositions: sizes.maxTokens };
}

/** Returns the function that computes the initial weights from a base. @throws InputError for a base of another recipe or size */
function continuation(
  { seed }: TrainConfig,
  config: ModelConfig,
  { tokenizer: { vocabulary }, rows }: TrainingData,
  base: OpenCheckpoint,
): () => Promise<HostTensors> {
  checkBase(base, config);
  const { parameters } = denoiserOf(config);
  const key = split(keyOf(seed), 'continue');
  return async () => continueFrom(await withWeights(base), { config, parameters, vocabulary, rows, key });
}

/** Identifies everything that the weights depend on, so that a run does not resume under another config or corpus. */
function fingerprintOf(
  { model, optimizer, objective, augmentation, seed }: TrainConfig,
  { rows, tokenizer, base }: TrainingData,
): string {
  const parts = [model, optimizer, objective, augmentation, seed, rows, tokenizer.vocabulary.tokens, base?.hash];
  return jsonHash(parts);
}
