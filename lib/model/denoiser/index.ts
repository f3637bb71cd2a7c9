/**
 * The two denoisers and the encoder of noisy latents. Takes noisy latents and a noise level; gives token logits and predicted x0;
 * knows nothing of how latents are noised or sampled.
 */
export type { ModelConfig } from './config.js';
