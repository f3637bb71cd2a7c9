import type { TrainJudgeConfig } from '../../config/index.js';
import type { Device } from '../../engine/types.js';
import type { NetworkJob } from '../train-network.js';

/** The parts of a training run that depend on the kind of judge. */
export interface JudgeTraining extends Pick<NetworkJob, 'parameters' | 'start' | 'loss' | 'batchAt' | 'measure' | 'saveModel'> {
  /** Identifies the data together with the config: a run resumes only with the same data. */
  readonly data: unknown;
}

/** Trainer for one kind of judge. */
export interface JudgeTrainer {
  /** Field of the config that names the training data. */
  readonly learnsFrom: 'parses' | 'corpus';
  /** Reads the data and builds the network. @param dataFolder base of the relative paths of the data */
  prepare(config: TrainJudgeConfig, dataFolder: string, device: Device): Promise<JudgeTraining>;
}
