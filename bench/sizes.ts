/** The sizes that are measured, the letters those of docs and code: B batch, L length, D embedding width, V vocabulary. */
export const batch = 32;
export const length = 64;
export const embeddingWidth = 16;
export const vocabulary = 1000;
export const positions = batch * length;

export interface NetworkSize {
  readonly layers: number;
  readonly width: number;
  readonly inner: number;
  readonly heads: number;
}

export const denoiserSize: NetworkSize = { layers: 6, width: 256, inner: 1024, heads: 8 };
export const classifierSize: NetworkSize = { layers: 2, width: 128, inner: 512, heads: 4 };
export const classes = 4;

/** AdamW of the training step. */
export const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, rate: 1e-4 };
