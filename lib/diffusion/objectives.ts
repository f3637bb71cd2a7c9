import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { tf } from '../engine/tf.js';
import type { Tensors } from '../engine/types.js';
import { tokenCrossEntropy } from '../model/cross-entropy.js';
import type { PaperDenoiser } from '../model/denoiser/paper.js';
import { qSample } from './forward.js';
import { alphaBars, betasOf, type ScheduleName } from './schedule.js';

export { tokenCrossEntropy };

/** A training batch of the paper's recipe. */
export interface PaperBatch {
  readonly ids: Tensor; // [B, L], int32
  /** Steps t of the schedule, 0 the cleanest. */
  readonly steps: Tensor; // [B], int32
  readonly noise: Tensor; // [B, L, D]
}

/** The losses of each sequence when the embeddings and the network are trained together. */
export interface PaperTerms {
  /** Mean squared error of the predicted x_0. */
  readonly mse: Tensor; // [B]
  /** Mean of the squared mean of q(x_T | x_0): how far the end of the chain is from pure noise. */
  readonly prior: Tensor; // [B]
  /** Cross-entropy of rounding x_0, nats per token. */
  readonly rounding: Tensor; // [B]
  /** The sum of the three. */
  readonly loss: Tensor; // [B]
}

export interface PaperObjective {
  /**
   * Returns the terms of L_e2e_simple (Li et al. 2022, eq. 2 and appendix E).
   *
   * @param noiseStart standard normal noise of x_0 around the embeddings, [B, L, D]
   */
  endToEnd(weights: Tensors, batch: PaperBatch, noiseStart: Tensor): PaperTerms;
  /** Returns the cross-entropy of the tokens under the logits of the predicted x_0, [B] nats per token. */
  crossEntropy(weights: Tensors, batch: PaperBatch): Tensor;
}

/** Returns the paper's losses for a network that predicts x_0, over `steps` (T) steps of a schedule: plain functions to differentiate. */
export function paperObjective(denoiser: PaperDenoiser, schedule: ScheduleName, steps: number): PaperObjective {
  const kept = Float32Array.from(alphaBars(betasOf(schedule, steps)));
  const alphaBarOf = (t: Tensor): Tensor => tf.gather(tf.tensor1d(kept), t as Tensor1D); // [B]
  const predict = (weights: Tensors, x0: Tensor, { steps: t, noise }: PaperBatch) => {
    const x = qSample(x0, alphaBarOf(t), noise); // [B, L, D]
    return denoiser.denoise(weights, x, tf.mul(tf.cast(t, 'float32'), 1000 / steps), tf.zerosLike(x));
  };

  function endToEnd(weights: Tensors, batch: PaperBatch, noiseStart: Tensor): PaperTerms {
    const table = denoiser.embeddings(weights); // [V, D]
    const clean = embedded(table, batch.ids); // [B, L, D]
    const x0 = tf.add(clean, tf.mul(Math.sqrt(1 - kept[0]!), noiseStart)); // q(x_0 | w)
    const predicted = predict(weights, x0, batch).x0;
    // At the cleanest step the target is the embedding itself, so that x_0 rounds to it.
    const mse = tf.where(tf.equal(batch.steps, 0), squaredError(clean, predicted), squaredError(x0, predicted));
    const prior = tf.mul(kept.at(-1)!, meanOfRow(tf.square(x0)));
    const rounding = meanOfRow(tokenCrossEntropy(denoiser.logits(weights, x0), batch.ids));
    return { mse, prior, rounding, loss: tf.add(mse, tf.add(prior, rounding)) };
  }

  function crossEntropy(weights: Tensors, batch: PaperBatch): Tensor {
    const { logits } = predict(weights, embedded(denoiser.embeddings(weights), batch.ids), batch);
    return meanOfRow(tokenCrossEntropy(logits, batch.ids));
  }

  return { endToEnd, crossEntropy };
}

/** Returns the embeddings [B, L, D] of tokens [B, L] from a table [V, D]. */
export function embedded(table: Tensor, ids: Tensor): Tensor {
  return tf.reshape(tf.gather(table, tf.reshape(ids, [-1]) as Tensor1D), [...ids.shape, table.shape[1]!]);
}

const squaredError = (a: Tensor, b: Tensor): Tensor => meanOfRow(tf.squaredDifference(a, b));

/** Returns the mean over all but the first axis, [B]. */
const meanOfRow = (x: Tensor): Tensor => tf.mean(tf.reshape(x, [x.shape[0]!, -1]), 1);
