import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../../engine/tf.js';
import type { Tensors } from '../../engine/types.js';
import type { Modulation } from '../layers.js';
import {
  block,
  blockParams,
  conditionalNorm,
  linear,
  linearParams,
  neighbourBias,
  relativeBias,
  silu,
  timeFeatures,
  weight,
} from '../layers.js';
import type { ParamSpec } from '../types.js';

export interface EncoderSize {
  /** Input size per token. */
  readonly inputWidth: number;
  readonly maxTokens: number;
  readonly layers: number;
  /** Width of the hidden states and of the output states. */
  readonly width: number;
  readonly heads: number;
  readonly feedForward: number;
}

/**
 * Encodes a token sequence by a pre-LayerNorm transformer whose norms depend on the noise level, with absolute positions and
 * relative attention.
 *
 * @param input [B, L, inputWidth]; L is at most `maxTokens`
 * @param time in [0, 1], [B]
 * @returns token states, [B, L, W]
 */
export function encode(weights: Tensors, input: Tensor, time: Tensor, { layers, width, heads }: EncoderSize): Tensor {
  const length = input.shape[1]!;
  const level = timeState(weights, time, width); // [B, 1, W]
  const shared = linear(weights, 'modulation', silu(level)); // [B, 1, 4 W]
  const bias = relativeBias(weight(weights, 'relative'), length); // [H, L, L]
  const position = tf.slice(weight(weights, 'position'), [0, 0], [length, width]); // [L, W]
  let h = tf.add(linear(weights, 'input', input), position); // [B, L, W]
  h = tf.add(h, level);
  for (let i = 0; i < layers; i++) h = block(weights, `block${i}`, h, heads, bias, modulation(weights, `block${i}`, shared));
  const [gain, shift] = tf.split(linear(weights, 'final', silu(level)), 2, -1); // each [B, 1, W]
  return conditionalNorm(h, gain!, shift!);
}

function timeState(weights: Tensors, time: Tensor, width: number): Tensor {
  const hidden = silu(linear(weights, 'time1', timeFeatures(time, width))); // [B, W]
  return tf.expandDims(linear(weights, 'time2', hidden), 1); // [B, 1, W]
}

/** Computes the modulation of all blocks: they share one linear map, and each adds its own offset (PixArt-alpha, arXiv 2310.00426). */
function modulation(weights: Tensors, name: string, shared: Tensor): Modulation {
  const [gain1, shift1, gain2, shift2] = tf.split(tf.add(shared, weight(weights, `${name}.modulation`)), 4, -1);
  return [gain1!, shift1!, gain2!, shift2!];
}

export function encoderParams({ inputWidth, maxTokens, layers, width, heads, feedForward }: EncoderSize): ParamSpec[] {
  return [
    ...linearParams('input', inputWidth, width),
    { name: 'position', shape: [maxTokens, width], init: { normal: 0.02 } },
    { name: 'relative', shape: [2 * maxTokens - 1, heads], init: { values: neighbourBias(maxTokens, heads) } },
    ...linearParams('time1', width, width),
    ...linearParams('time2', width, width),
    ...linearParams('modulation', width, 4 * width, 0), // zeros, so that training starts from plain LayerNorm
    ...linearParams('final', width, 2 * width, 0),
    ...Array.from({ length: layers }, (_, i): ParamSpec[] => [
      ...blockParams(`block${i}`, width, feedForward, layers),
      { name: `block${i}.modulation`, shape: [4 * width], init: 'zeros' },
    ]).flat(),
  ];
}
