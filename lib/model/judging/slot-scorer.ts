import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { tf } from '../../engine/tf.js';
import type { Tensors } from '../../engine/types.js';
import { linear, linearParams } from '../layers.js';
import type { ParamSpec } from '../types.js';
import { encodeText, textEncoderParams, type TextEncoderSize } from './text-encoder.js';

/** The network of a slot classifier. */
export interface SlotScorerSize extends TextEncoderSize {
  /** How many classes each slot has: "not stated" and its values. */
  readonly classes: readonly number[];
}

const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

/**
 * Log-probabilities of the classes of each slot, those of a slot behind those of the slot before: nats, [B, C]. Each slot looks at
 * the words by an attention of its own.
 *
 * @param ids features of the words, [B, L, 3]
 */
export function slotLogProbs(weights: Tensors, ids: Tensor, size: SlotScorerSize): Tensor {
  const states = encodeText(weights, ids, size); // [B, L, W]
  const [rows, length] = states.shape as [number, number];
  const isPad = tf.cast(tf.equal(tf.slice(ids, [0, 0, 0], [rows, length, 1]), 0), 'float32'); // [B, L, 1]
  const looks = tf.sub(linear(weights, 'look', states), tf.mul(isPad, 1e9)); // [B, L, S]
  const shares = tf.softmax(tf.transpose(looks, [0, 2, 1])); // [B, S, L]
  const seen = tf.split(tf.matMul(shares, states), size.classes.length, 1); // each [B, 1, W]
  const logProbs = seen.map((one, slot) => {
    const scores = linear(weights, `slot${slot}`, one); // [B, 1, classes of the slot]
    return tf.logSoftmax(tf.reshape(scores, [rows, -1]) as Tensor2D);
  });
  return tf.concat(logProbs, -1);
}

export function slotScorerParams(size: SlotScorerSize): ParamSpec[] {
  const { width, classes } = size;
  return [
    ...textEncoderParams(size),
    ...linearParams('look', width, classes.length),
    ...classes.flatMap((count, slot) => linearParams(`slot${slot}`, width, count, 0.1)),
  ];
}

/**
 * Cross-entropy of the slots, in nats a slot: [].
 *
 * @param classes of each slot its class, counted through all slots, or -1 where nothing is said, [B, S]
 */
export function slotLoss(logProbs: Tensor, classes: Tensor): Tensor {
  const asked = tf.oneHot(tf.reshape(classes, [-1]) as Tensor1D, logProbs.shape[1]!); // [B S, C]
  const [rows, slots] = classes.shape as [number, number];
  const perRow = tf.sum(tf.reshape(asked, [rows, slots, -1]), 1); // [B, C]
  return tf.neg(tf.div(tf.sum(tf.mul(logProbs, perRow)), rows * slots));
}

/** Where the classes of each slot begin. */
export const classOffsets = (classes: readonly number[]): number[] => classes.map((_, slot) => sum(classes.slice(0, slot)));
