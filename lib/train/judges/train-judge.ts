import { jsonHash } from '../../base/hash.js';
import { InputError } from '../../base/errors.js';
import type { TrainJudgeConfig } from '../../config/index.js';
import { openDevice } from '../../engine/devices/open.js';
import type { TrainingHooks } from '../session.js';
import { trainNetwork } from '../train-network.js';
import type { JudgeTrainer } from './trainer.js';

export interface TrainJudgeResult {
  /** Folder of the judge's model. */
  readonly folder: string;
  /** False if the run had already finished and nothing was done. */
  readonly trained: boolean;
}

/** Trainers of the judges, loaded on demand. */
const trainers: Record<TrainJudgeConfig['judge'], () => Promise<JudgeTrainer>> = {
  slots: async () => (await import('./train-slots.js')).slotsTrainer,
  parser: async () => (await import('./train-parser.js')).parserTrainer,
  'language-model': async () => (await import('./train-language-model.js')).languageModelTrainer,
};

/**
 * Trains the model of a judge as a config says, or resumes its training.
 *
 * @throws InputError for mistakes in the config or the data, and as runTraining
 */
export async function trainJudge(
  config: TrainJudgeConfig,
  dataFolder: string,
  hooks: TrainingHooks = {},
): Promise<TrainJudgeResult> {
  const trainer = await judgeTrainer(config, 'config');
  const device = await openDevice(config.device, config);
  try {
    const { data, ...training } = await trainer.prepare(config, dataFolder, device);
    const { optimizer, seed, checkpointMinutes } = config;
    const trained = await trainNetwork(
      {
        ...training,
        ...{ device, optimizer, seed, checkpointMinutes },
        folder: config.output,
        fingerprint: jsonHash([config, data]),
        measureEvery: Math.max(1, Math.floor(optimizer.steps / 10)),
      },
      hooks,
    );
    return { folder: config.model, trained };
  } finally {
    await device.dispose();
  }
}

/**
 * Returns the trainer for the judge of a config.
 *
 * @param where the config's file, for messages
 * @throws InputError if the config does not name its data
 */
export async function judgeTrainer(config: TrainJudgeConfig, where: string): Promise<JudgeTrainer> {
  const trainer = await trainers[config.judge]();
  if (config[trainer.learnsFrom] === undefined) {
    const message = `the judge "${config.judge}" is trained on ${trainer.learnsFrom}; name the file`;
    throw new InputError(where, [{ path: `/${trainer.learnsFrom}`, message }]);
  }
  return trainer;
}
