import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { embedded } from '../diffusion/objectives.js';
import { prefixed, scoped, specsOf } from '../engine/scope.js';
import { tf } from '../engine/tf.js';
import type { Device, GraphFunction, HostTensor, HostTensors } from '../engine/types.js';
import type { GradientGuide } from '../guide/contract.js';
import type { Checkpoint } from '../model/checkpoint/checkpoint.js';
import { firstTokens } from '../model/layers.js';
import { refuseBrokenTilt } from '../plan/guide-errors.js';
import type { LatentClause, RunGuides } from '../plan/make-guides.js';
import type { SampleBatch } from '../sampler/index.js';
import { cleanState, sequencesOf } from './score.js';

/**
 * Returns token probabilities with what gradient guides say about each word.
 *
 * @param probs [B, L, V]
 * @param texts the sequence of each row that the words are compared with, [L] each
 * @param batch the length of the rows, and the inputs of each latent guide
 * @throws DiffusteerError that names the guides if a gradient is NaN
 */
export type WordTilt = (
  probs: Float32Array,
  texts: readonly Int32Array[],
  batch: Pick<SampleBatch, 'length' | 'guideInputs'>,
) => Promise<Float32Array>;

/**
 * Returns a tilt by the gradient guides of a run, which have no token factors of their own. If a word takes the place of another one in a text,
 * the log-probability of a guide changes, to first order, by its gradient times the difference of the two embeddings. That change, times the
 * weight of the guide and `share`, is a log-factor on the word, as in the proposals of Gibbs-with-Gradients (Grathwohl et al. 2021, arXiv
 * 2102.04509).
 */
export function createWordTilt(device: Device, checkpoint: Checkpoint, { latent }: RunGuides, share: number): WordTilt {
  const { maxTokens, vocabularySize: size } = checkpoint.config;
  const clauses = latent.flatMap((clause, at) => (clause.logProbs ? [{ clause, at }] : []));
  const graph = tiltGraph(checkpoint, clauses, share);
  const constants = {
    ...prefixed('denoiser/', checkpoint.weights),
    ...merged(clauses.map(({ clause, at }) => prefixed(`weight/${at}/`, clause.weights))),
  };
  return async (probs, texts, { length = maxTokens, guideInputs }) => {
    const inputs = merged(clauses.map(({ at }) => prefixed(`input/${at}/`, guideInputs[at]!)));
    const near = rowsUpTo(length, probs, texts.length, size);
    const feeds = { ids: sequencesOf(texts), probs: near, ...inputs };
    const program = await device.compile(graph, specsOf(feeds), constants);
    const found = (await program.run(feeds))['tilted']!.data as Float32Array;
    refuseBrokenTilt(found, size, latent);
    const tilted = probs.slice(); // only PAD stands beyond `length`
    texts.forEach((_, row) => tilted.set(found.subarray(row * length * size, (row + 1) * length * size), row * maxTokens * size));
    return tilted;
  };
}

/** A clause that has log-probabilities, and its position among the latent ones. */
interface SlopingClause {
  readonly clause: LatentClause;
  readonly at: number;
}

/** Returns the graph of the token probabilities of the first L' positions, [B, L', V], times e to `share` of what the guides say, normalised. */
function tiltGraph({ denoiser, config }: Checkpoint, clauses: readonly SlopingClause[], share: number): GraphFunction {
  return (inputs) => {
    const table = denoiser.embeddings(scoped('denoiser/', inputs)) as Tensor2D; // [V, D]
    const z = embedded(table, inputs['ids']!); // [B, L, D]
    const logProb = (texts: Tensor): Tensor =>
      tf.addN(
        clauses.map(({ clause: { guide }, at }) => {
          const own = scoped(`input/${at}/`, inputs);
          const weights = scoped(`weight/${at}/`, inputs);
          return tf.mul(
            (guide as GradientGuide<unknown>).logProb(texts, cleanState(texts, config), own, weights),
            own['weight']!,
          ); // [B]
        }),
      );
    const { grad } = tf.valueAndGrad(logProb)(z); // [B, L, D]: rows are independent
    const probs = inputs['probs']!;
    const [rows, length, size] = probs.shape as [number, number, number];
    const near = tf.reshape(firstTokens(grad, length), [rows * length, config.embeddingWidth]) as Tensor2D;
    const slopes = tf.reshape(tf.matMul(near, table, false, true), [rows, length, size]); // up to a number per position
    return { tilted: tf.softmax(tf.add(tf.log(probs), tf.mul(slopes, share))) };
  };
}

/** Returns the first positions of each row of [B, L, V], [B, length, V]. */
function rowsUpTo(length: number, values: Float32Array, rows: number, size: number): HostTensor {
  const whole = values.length / rows;
  const data = new Float32Array(rows * length * size);
  for (let row = 0; row < rows; row++) data.set(values.subarray(row * whole, row * whole + length * size), row * length * size);
  return { dtype: 'float32', shape: [rows, length, size], data };
}

const merged = (each: readonly HostTensors[]): HostTensors => Object.assign({}, ...each) as HostTensors;
