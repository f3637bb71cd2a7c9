/** Training of all networks. Takes a corpus and a config; gives checkpoints and logs; knows nothing of generation runs. */
export { type Checkpoint, importCheckpoint, importOriginal, loadCheckpoint, saveCheckpoint } from '../model/checkpoint/index.js';
export type { ModelConfig } from '../model/denoiser/index.js';
export * from '../text/index.js';
export * from './denoiser/index.js';
export * from './doctor/index.js';
export * from './guides/index.js';
export * from './judges/index.js';
export type { LogLine } from './log.js';
export type { StepRecord } from './loop.js';
export type { TrainingHooks } from './session.js';
export { readTrainingData, type TrainingData } from './training-data.js';
