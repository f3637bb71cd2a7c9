import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { tf } from '../../engine/tf.js';
import type { Tensors } from '../../engine/types.js';
import { linear, linearParams } from '../layers.js';
import type { ParamSpec } from '../types.js';
import { encodeText, textEncoderParams, type TextEncoderSize } from './text-encoder.js';

/** Sizes of the network of a slot classifier. */
export interface SlotScorerSize extends TextEncoderSize {
  /** Number of classes per slot: "not stated" and its values. */
  readonly classes: readonly number[];
}

const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

/**
 * Returns the log-probabilities of the classes of all slots, concatenated in slot order: nats, [B, C]. Each slot has its own
 * attention over the words.
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
 * Returns the cross-entropy in nats per slot: [].
 *
 * @param classes class index of each slot, counted through all slots, or -1 if unknown, [B, S]
 */
export function slotLoss(logProbs: Tensor, classes: Tensor): Tensor {
  const asked = tf.oneHot(tf.reshape(classes, [-1]) as Tensor1D, logProbs.shape[1]!); // [B S, C]
  const [rows, slots] = classes.shape as [number, number];
  const perRow = tf.sum(tf.reshape(asked, [rows, slots, -1]), 1); // [B, C]
  return tf.neg(tf.div(tf.sum(tf.mul(logProbs, perRow)), rows * slots));
}

/** Returns the index of each slot's first class. */
export const classOffsets = (classes: readonly number[]): number[] => classes.map((_, slot) => sum(classes.slice(0, slot)));
