/** Checkpoints on the disk. Takes folders; gives weights, configs and tokenizers, and the same written back; knows nothing of training and sampling. */
export { type Checkpoint, loadCheckpoint, saveCheckpoint } from './checkpoint.js';
export { importCheckpoint } from './import-checkpoint.js';
export { importOriginal } from './import.js';
