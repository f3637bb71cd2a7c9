import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../../engine/tf.js';
import type { Tensors } from '../../engine/types.js';
import { weight } from '../layers.js';
import type { ParamSpec } from '../types.js';
import type { ModelConfig } from './config.js';
import { encode, encoderParams, type EncoderSize } from './encoder.js';
import { expectedEmbedding, gaussianEvidence } from './score-interpolation.js';

export interface ClassifierSize {
  readonly vocabularySize: number;
  readonly maxTokens: number;
  readonly embeddingWidth: number;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  /** What the network's times are divided by to lie in [0, 1]: 1, or 1000 with the paper's recipe. */
  readonly timeUnit: number;
}

/**
 * Returns token states of noisy embeddings, [B, L, W], which a guide's classifier builds on.
 *
 * Beside the latents the encoder sees which tokens each of them may be: the softmax of the Gaussian evidence over its own copy of
 * the embeddings looks up what it has learned of each token. The gradient with respect to the latents then points to the tokens
 * that would serve the control.
 *
 * @param z latents or predicted x_0, [B, L, D]
 * @param time noise level as networks see it, [B]
 */
export function tokenStates(weights: Tensors, z: Tensor, time: Tensor, size: ClassifierSize): Tensor {
  const unitTime = tf.div(time, size.timeUnit);
  const probs = tf.softmax(gaussianEvidence(z, unitTime, weight(weights, 'tokens'))); // [B, L, V]
  const known = expectedEmbedding(probs, weight(weights, 'lookup')); // [B, L, W / 2]
  return encode(weights, tf.concat([z, known], -1), unitTime, encoderSize(size));
}

/** Returns `tokenStates` for the classifier of a guide for a model. */
export function classifierStates(
  model: ModelConfig,
  network: { layers: number; width: number; heads: number },
): (weights: Tensors, z: Tensor, time: Tensor) => Tensor {
  const size = classifierSizeOf(model, network);
  return (weights, z, time) => tokenStates(weights, z, time, size);
}

export function classifierParams(size: ClassifierSize): ParamSpec[] {
  const { vocabularySize, embeddingWidth, width } = size;
  return [
    { name: 'tokens', shape: [vocabularySize, embeddingWidth], init: { normal: 1 } },
    { name: 'lookup', shape: [vocabularySize, width / 2], init: { normal: 1 } },
    ...encoderParams(encoderSize(size)),
  ];
}

const encoderSize = ({ maxTokens, embeddingWidth, layers, width, heads }: ClassifierSize): EncoderSize => ({
  inputWidth: embeddingWidth + width / 2,
  maxTokens,
  layers,
  width,
  heads,
  feedForward: 4 * width,
});

/** Sizes of a guide's classifier for a model. */
export function classifierSizeOf(model: ModelConfig, network: { layers: number; width: number; heads: number }): ClassifierSize {
  const { vocabularySize, maxTokens, embeddingWidth, recipe } = model;
  const { layers, width, heads } = network;
  return { vocabularySize, maxTokens, embeddingWidth, layers, width, heads, timeUnit: recipe === 'paper' ? 1000 : 1 };
}
