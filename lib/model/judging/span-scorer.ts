import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { tf } from '../../engine/tf.js';
import type { Tensors } from '../../engine/types.js';
import { linear, linearParams } from '../layers.js';
import type { ParamSpec } from '../types.js';
import { encodeText, textEncoderParams, type TextEncoderSize } from './text-encoder.js';

/** Sizes of the network of a span-based chart parser. */
export interface SpanScorerSize extends TextEncoderSize {
  /** Number of constituent labels, chains of unary nodes joined. */
  readonly labels: number;
  /** Number of word tags. */
  readonly tags: number;
}

/** Hidden units of the span scorer. */
const HIDDEN = 128;

/** Scores of a batch of sentences; fence f is the boundary before word f, counted from 0. */
export interface SpanScores {
  /**
   * Score of each label for the words between two fences, relative to no constituent, whose score is 0: nats, [B, L - 1, L - 1, C].
   */
  readonly spans: Tensor;
  /** Tag scores, [B, L, T]; word i is at position i + 1. */
  readonly tags: Tensor;
}

/**
 * Scores spans with one hidden layer over the states around their two ends (Stern et al. 2017, arXiv 1705.03919; Kitaev and Klein
 * 2018, arXiv 1805.01052).
 *
 * @param ids features of the words, [B, L, 3]
 */
export function spanScores(weights: Tensors, ids: Tensor, size: SpanScorerSize): SpanScores {
  const states = encodeText(weights, ids, size); // [B, L, W]
  const [rows, length, width] = states.shape as [number, number, number];
  const before = tf.slice(states, [0, 0, 0], [rows, length - 1, width]);
  const after = tf.slice(states, [0, 1, 0], [rows, length - 1, width]);
  const fences = tf.concat([before, after], -1); // [B, L - 1, 2 W]
  const start = tf.expandDims(linear(weights, 'start', fences), 2); // [B, L - 1, 1, H]
  const end = tf.expandDims(linear(weights, 'end', fences), 1); // [B, 1, L - 1, H]
  const hidden = tf.relu(tf.add(start, end)); // [B, L - 1, L - 1, H]
  return { spans: linear(weights, 'label', hidden), tags: linear(weights, 'tag', states) };
}

export function spanScorerParams(size: SpanScorerSize): ParamSpec[] {
  const { width, labels, tags } = size;
  return [
    ...textEncoderParams(size),
    ...linearParams('start', 2 * width, HIDDEN),
    ...linearParams('end', 2 * width, HIDDEN),
    ...linearParams('label', HIDDEN, labels, 0.1),
    ...linearParams('tag', width, tags, 0.1),
  ];
}

/**
 * Returns the cross-entropy of each span independently (Teng and Zhang 2018, arXiv 1804.07961, the local model) and of each tag, in nats per
 * word: [].
 *
 * @param labels 0 for no constituent, 1 + the label, -1 if the cell is ignored, [B, L - 1, L - 1]
 * @param tagIds tag of each word, -1 at positions without one, [B, L]
 */
export function spanLoss({ spans, tags }: SpanScores, labels: Tensor, tagIds: Tensor): Tensor {
  const none = tf.zeros([...spans.shape.slice(0, -1), 1]);
  const words = tf.sum(tf.cast(tf.greaterEqual(tagIds, 0), 'float32')); // []
  return tf.div(tf.add(crossEntropy(tf.concat([none, spans], -1), labels), crossEntropy(tags, tagIds)), words);
}

/** Returns the sum of the negative log-probabilities over all positions with a class, []. */
function crossEntropy(logits: Tensor, classes: Tensor): Tensor {
  const size = logits.shape.at(-1)!;
  const logProbs = tf.logSoftmax(tf.reshape(logits, [-1, size]) as Tensor2D);
  const said = tf.oneHot(tf.reshape(classes, [-1]) as Tensor1D, size); // zeros for -1
  return tf.neg(tf.sum(tf.mul(logProbs, said)));
}
