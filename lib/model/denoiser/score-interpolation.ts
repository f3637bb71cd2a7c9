import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { tf } from '../../engine/tf.js';
import type { Tensors } from '../../engine/types.js';
import { linear, linearParams, weight } from '../layers.js';
import type { Denoiser, ParamSpec, Prediction } from '../types.js';
import { encode, encoderParams } from './encoder.js';
import { sqrtAlphaBarTensor } from './noise-level.js';

export interface NetworkSize {
  readonly vocabularySize: number;
  readonly maxTokens: number;
  readonly embeddingWidth: number;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly feedForward: number;
}

/**
 * Builds the default denoiser: embeddings of norm sqrt(D), token logits, predicted x0 as the expected embedding (CDCD, arXiv
 * 2211.15089), self-conditioned. The logits are the network's output plus log p(x_i | token): noise is independent across
 * positions, so p(w_i | x) is proportional to p(x_i | w_i) p(w_i | the rest), and the first factor is a known Gaussian. The network
 * only has to learn the second. The same evidence tells the network which tokens each position may hold: its softmax weights a
 * learned vector per token.
 */
export function scoreInterpolation(size: NetworkSize): Denoiser {
  const { vocabularySize, embeddingWidth, width } = size;
  const encoder = { ...size, inputWidth: 2 * embeddingWidth + width / 2 };
  const embeddings = (weights: Tensors): Tensor => normalised(weight(weights, 'embedding')); // [V, D]

  function denoise(weights: Tensors, x: Tensor, time: Tensor, previousX0: Tensor): Prediction {
    const table = embeddings(weights);
    const evidence = gaussianEvidence(x, time, table); // [B, L, V]
    const known = expectedEmbedding(tf.softmax(evidence), weight(weights, 'lookup')); // [B, L, W / 2]
    const states = encode(weights, tf.concat([x, previousX0, known], -1), time, encoder); // [B, L, W]
    const logits = tf.add(linear(weights, 'output', states), evidence); // [B, L, V]
    return { logits, x0: expectedEmbedding(tf.softmax(logits), table) };
  }

  const parameters: ParamSpec[] = [
    { name: 'embedding', shape: [vocabularySize, embeddingWidth], init: { normal: 1 } },
    { name: 'lookup', shape: [vocabularySize, width / 2], init: { normal: 1 } },
    ...encoderParams(encoder),
    ...linearParams('output', width, vocabularySize),
  ];
  return { parameters, interpolates: true, embeddings, denoise };
}

/** The axis of a word's index in the parameters that have one. */
export const vocabularyAxes: Readonly<Record<string, number>> = { embedding: 0, lookup: 0, 'output.weight': 1, 'output.bias': 0 };

/** Scales rows to norm sqrt(D). */
function normalised(table: Tensor): Tensor {
  const norm = tf.sqrt(tf.add(tf.sum(tf.square(table), -1, true), 1e-12)); // [V, 1]
  return tf.mul(tf.div(table, norm), Math.sqrt(table.shape[1]!));
}

/**
 * Returns log N(x_i; sqrt(alphaBar) E_v, 1 - alphaBar) for each token on the continuous sqrt schedule, up to a constant shared by
 * all tokens, whose embeddings have the same norm.
 *
 * @param x [B, L, D]
 * @param time in [0, 1], [B]
 * @param embeddings [V, D]
 * @returns [B, L, V], nats
 */
export function gaussianEvidence(x: Tensor, time: Tensor, embeddings: Tensor): Tensor {
  const [vocabularySize, width] = embeddings.shape as [number, number];
  const alphaBar = sqrtAlphaBarTensor(time); // [B]
  const scale = tf.div(tf.sqrt(alphaBar), tf.sub(1, alphaBar));
  const flat = tf.reshape(tf.mul(x, tf.reshape(scale, [-1, 1, 1])), [-1, width]); // [B * L, D]
  const products = tf.matMul(flat as Tensor2D, embeddings as Tensor2D, false, true); // [B * L, V]
  return tf.reshape(products, [...x.shape.slice(0, -1), vocabularySize]);
}

/** Returns the mean of the embeddings [V, D] under token probabilities [B, L, V]. */
export function expectedEmbedding(probs: Tensor, embeddings: Tensor): Tensor {
  const [v, d] = embeddings.shape as [number, number];
  const flat = tf.matMul(tf.reshape(probs, [-1, v]) as Tensor2D, embeddings as Tensor2D); // [B * L, D]
  return tf.reshape(flat, [...probs.shape.slice(0, -1), d]);
}
