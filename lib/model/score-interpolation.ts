import type { Tensor } from '@tensorflow/tfjs';
import { tf } from '../engine/index.js';
import type { Tensors } from '../engine/types.js';
import { sqrtAlphaBarTensor } from './noise-level.js';
import {
  block,
  blockParams,
  conditionalNorm,
  linear,
  linearParams,
  relativeBias,
  silu,
  timeFeatures,
  weight,
  type Modulation,
} from './layers.js';
import type { Denoiser, ParamSpec, Prediction } from './types.js';

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
 * The default recipe: embeddings of norm sqrt(D), token logits, predicted x_0 their expected embedding (CDCD, arXiv 2211.15089),
 * self-conditioned.
 *
 * The logits are the network's output plus log p(x_i | token): the tokens of a canvas are noised apart from each other, so
 * p(w_i | x) is proportional to p(x_i | w_i) p(w_i | the rest), and the first factor is a known Gaussian. The network is left with
 * what only it can know, the second.
 */
export function scoreInterpolation(size: NetworkSize): Denoiser {
  const { maxTokens, embeddingWidth, layers } = size;

  function embeddings(weights: Tensors): Tensor {
    const raw = weight(weights, 'embedding'); // [V, D]
    const norm = tf.sqrt(tf.add(tf.sum(tf.square(raw), -1, true), 1e-12)); // [V, 1]
    return tf.mul(tf.div(raw, norm), Math.sqrt(embeddingWidth));
  }

  /** log N(x_i; sqrt(alphaBar) E_v, 1 - alphaBar), less what all tokens share: their embeddings have one norm. */
  function evidence(weights: Tensors, x: Tensor, time: Tensor): Tensor {
    const alphaBar = sqrtAlphaBarTensor(time); // [B]
    const scale = tf.div(tf.sqrt(alphaBar), tf.sub(1, alphaBar));
    const flat = tf.reshape(tf.mul(x, tf.reshape(scale, [-1, 1, 1])), [-1, embeddingWidth]); // [B * L, D]
    return tf.reshape(tf.matMul(flat as never, embeddings(weights) as never, false, true), [
      ...x.shape.slice(0, -1),
      size.vocabularySize,
    ]);
  }

  function denoise(weights: Tensors, x: Tensor, time: Tensor, previousX0: Tensor): Prediction {
    const level = timeState(weights, time, size.width); // [B, 1, W]
    const bias = relativeBias(weight(weights, 'relative'), maxTokens); // [H, L, L]
    let h = tf.add(linear(weights, 'input', tf.concat([x, previousX0], -1)), weight(weights, 'position')); // [B, L, W]
    h = tf.add(h, level);
    const shared = linear(weights, 'modulation', silu(level)); // [B, 1, 4 W]
    for (let i = 0; i < layers; i++)
      h = block(weights, `block${i}`, h, size.heads, bias, modulation(weights, `block${i}`, shared));
    const [gain, shift] = tf.split(linear(weights, 'final', silu(level)), 2, -1); // each [B, 1, W]
    const context = linear(weights, 'output', conditionalNorm(h, gain!, shift!)); // [B, L, V]
    const logits = tf.add(context, evidence(weights, x, time));
    return { logits, x0: expectedEmbedding(tf.softmax(logits), embeddings(weights)) };
  }

  return { parameters: parametersOf(size), interpolates: true, embeddings, denoise };
}

/** The mean of the embeddings [V, D] under token probabilities [B, L, V]. */
export function expectedEmbedding(probs: Tensor, embeddings: Tensor): Tensor {
  const [v, d] = embeddings.shape as [number, number];
  const flat = tf.matMul(tf.reshape(probs, [-1, v]) as never, embeddings as never); // [B * L, D]
  return tf.reshape(flat, [...probs.shape.slice(0, -1), d]);
}

function timeState(weights: Tensors, time: Tensor, width: number): Tensor {
  const hidden = silu(linear(weights, 'time1', timeFeatures(time, width))); // [B, W]
  return tf.expandDims(linear(weights, 'time2', hidden), 1); // [B, 1, W]
}

/** One linear map serves all blocks, each adds an offset of its own (PixArt-alpha, arXiv 2310.00426). */
function modulation(weights: Tensors, name: string, shared: Tensor): Modulation {
  const [gain1, shift1, gain2, shift2] = tf.split(tf.add(shared, weight(weights, `${name}.modulation`)), 4, -1);
  return [gain1!, shift1!, gain2!, shift2!];
}

function parametersOf(size: NetworkSize): ParamSpec[] {
  const { vocabularySize, maxTokens, embeddingWidth, layers, width, heads, feedForward } = size;
  const zeroLinear = (name: string, inputs: number, outputs: number) => linearParams(name, inputs, outputs, 0);
  return [
    { name: 'embedding', shape: [vocabularySize, embeddingWidth], init: { normal: 1 } },
    ...linearParams('input', 2 * embeddingWidth, width),
    { name: 'position', shape: [maxTokens, width], init: { normal: 0.02 } },
    { name: 'relative', shape: [2 * maxTokens - 1, heads], init: 'zeros' },
    ...linearParams('time1', width, width),
    ...linearParams('time2', width, width),
    ...zeroLinear('modulation', width, 4 * width), // starts as plain LayerNorm
    ...zeroLinear('final', width, 2 * width),
    ...Array.from({ length: layers }, (_, i): ParamSpec[] => [
      ...blockParams(`block${i}`, width, feedForward, layers),
      { name: `block${i}.modulation`, shape: [4 * width], init: 'zeros' },
    ]).flat(),
    ...zeroLinear('output', width, vocabularySize),
  ];
}
