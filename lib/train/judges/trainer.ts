import type { TrainJudgeConfig } from '../../config/index.js';
import type { Device } from '../../engine/types.js';
import type { NetworkJob } from '../train-network.js';

/** What is particular to the model of a judge. */
export interface JudgeTraining extends Pick<NetworkJob, 'parameters' | 'loss' | 'batchAt' | 'measure' | 'saveModel'> {
  /** Names the data beside the config: a run goes on only with the same. */
  readonly data: unknown;
}

/** Trains the model of one kind of judge. */
export interface JudgeTrainer {
  /** The field of the config that names what it learns from. */
  readonly learnsFrom: 'parses' | 'corpus';
  /** Reads the data and makes the network. @param dataFolder what the paths of the data are relative to */
  prepare(config: TrainJudgeConfig, dataFolder: string, device: Device): Promise<JudgeTraining>;
}
