import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { attention, gelu, layerNorm } from '../../engine/ops.js';
import { tf } from '../../engine/tf.js';
import type { Tensors } from '../../engine/types.js';
import { silu, weight } from '../layers.js';
import { paperParameters, type PaperSize } from './paper-parameters.js';
import type { Denoiser, Prediction } from '../types.js';

const EPSILON = 1e-12; // of BERT's LayerNorm

/** The paper's denoiser, which can round any latents, not only its own predictions. */
export interface PaperDenoiser extends Denoiser {
  /** Returns the scores of the tokens for x0 [B, L, D]: products with the embeddings plus a bias per token, [B, L, V]. */
  logits(weights: Tensors, x0: Tensor): Tensor;
}

/**
 * Builds the network of Diffusion-LM (Li et al. 2022, and its code's transformer_model2): a post-LayerNorm BERT encoder that
 * predicts x0 directly, rounded by the word embeddings. Parameters have the names and shapes of the original checkpoints, linear
 * maps [out, in]. It has no self-conditioning: the previous x0 is ignored. `time` is t * 1000 / T.
 */
export function paperDenoiser(size: PaperSize): PaperDenoiser {
  const embeddings = (weights: Tensors): Tensor => weight(weights, 'word_embedding.weight'); // [V, D]

  function logits(weights: Tensors, x0: Tensor): Tensor {
    return affine(x0, embeddings(weights), weight(weights, 'lm_head.bias')); // [B, L, V]
  }

  function denoise(weights: Tensors, x: Tensor, time: Tensor): Prediction {
    const length = x.shape[1]!;
    const level = twoLinear(weights, 'time_embed', sinusoids(time, size.timeChannels), silu); // [B, W]
    const position = tf.slice(weight(weights, 'position_embeddings.weight'), [0, 0], [length, size.width]); // [L, W]
    const input = twoLinear(weights, 'input_up_proj', x, tf.tanh); // [B, L, W]
    let h = normed(weights, 'LayerNorm', tf.add(tf.add(input, position), tf.expandDims(level, 1))); // [B, L, W]
    for (let i = 0; i < size.layers; i++) h = encoderLayer(weights, `input_transformers.layer.${i}`, h, size.heads);
    const x0 = twoLinear(weights, 'output_down_proj', h, tf.tanh); // [B, L, D]
    return { logits: logits(weights, x0), x0 };
  }

  return { parameters: paperParameters(size), interpolates: false, embeddings, logits, denoise };
}

function encoderLayer(weights: Tensors, name: string, x: Tensor, heads: number): Tensor {
  const [q, k, v] = ['query', 'key', 'value'].map((part) => linear(weights, `${name}.attention.self.${part}`, x)); // each [B, L, W]
  const attended = linear(weights, `${name}.attention.output.dense`, attention(q!, k!, v!, heads));
  const h = normed(weights, `${name}.attention.output.LayerNorm`, tf.add(attended, x));
  const hidden = gelu(linear(weights, `${name}.intermediate.dense`, h)); // [B, L, F]
  return normed(weights, `${name}.output.LayerNorm`, tf.add(linear(weights, `${name}.output.dense`, hidden), h));
}

const normed = (weights: Tensors, name: string, x: Tensor): Tensor =>
  layerNorm(x, weight(weights, `${name}.weight`), weight(weights, `${name}.bias`), EPSILON);

/** Applies two linear maps with an activation between them; 0, 1 and 2 are their indices in PyTorch's nn.Sequential. */
const twoLinear = (weights: Tensors, name: string, x: Tensor, activation: (x: Tensor) => Tensor): Tensor =>
  linear(weights, `${name}.2`, activation(linear(weights, `${name}.0`, x)));

const linear = (weights: Tensors, name: string, x: Tensor): Tensor =>
  affine(x, weight(weights, `${name}.weight`), weight(weights, `${name}.bias`));

/** Returns x W^T + b over the last axis, with W [out, in] as PyTorch stores it. */
function affine(x: Tensor, w: Tensor, bias: Tensor): Tensor {
  const [outputs, inputs] = w.shape as [number, number];
  const flat = tf.matMul(tf.reshape(x, [-1, inputs]) as Tensor2D, w as Tensor2D, false, true); // [rows, out]
  return tf.reshape(tf.add(flat, bias), [...x.shape.slice(0, -1), outputs]);
}

/**
 * Returns cosines, then sines, of `time` [B] at `channels` / 2 frequencies from 1 down to nearly 1 / 10000. The exponents are
 * rounded to float32 as in the original: at times near 1000 another rounding changes the fifth digit of x0.
 */
function sinusoids(time: Tensor, channels: number): Tensor {
  const half = channels / 2;
  const slope = Math.fround(-Math.log(10000));
  const frequencies = Float32Array.from({ length: half }, (_, i) => Math.exp(Math.fround(Math.fround(slope * i) / half)));
  const angle = tf.mul(tf.reshape(time, [-1, 1]), tf.tensor2d(frequencies, [1, half])); // [B, channels / 2]
  return tf.concat([tf.cos(angle), tf.sin(angle)], 1); // [B, channels]
}
