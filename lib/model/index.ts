/**
 * Networks and their checkpoints. Takes folders of weights and token ids; gives functions of tensors; knows nothing of guides and
 * reverse steps.
 */
export * from './causal/index.js';
export * from './checkpoint/index.js';
export * from './denoiser/index.js';
export * from './external/index.js';
