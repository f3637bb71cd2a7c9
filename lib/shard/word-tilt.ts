import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { embedded } from '../diffusion/objectives.js';
import { prefixed, scoped, specsOf } from '../engine/scope.js';
import { tf } from '../engine/tf.js';
import type { Device, GraphFunction, HostTensors } from '../engine/types.js';
import type { GradientGuide } from '../guide/contract.js';
import { tilt } from '../guide/tilt.js';
import type { Checkpoint } from '../model/checkpoint/checkpoint.js';
import { refuseBrokenSlopes } from '../plan/guide-errors.js';
import type { LatentClause, RunGuides } from '../plan/make-guides.js';
import { cleanState, sequencesOf } from './score.js';

/**
 * Returns token probabilities with what gradient guides say about each word.
 *
 * @param probs [B, L, V]
 * @param texts the sequence of each row that the words are compared with, [L] each
 * @param guideInputs the inputs of each latent guide, as for sampling
 * @throws DiffusteerError that names the guides if a gradient is NaN
 */
export type WordTilt = (
  probs: Float32Array,
  texts: readonly Int32Array[],
  guideInputs: readonly HostTensors[],
) => Promise<Float32Array>;

/**
 * Returns a tilt by the gradient guides of a run, which have no token factors of their own. If a word takes the place of another one in a text,
 * the log-probability of a guide changes, to first order, by its gradient times the difference of the two embeddings. That change, times the
 * weight of the guide and `share`, is a log-factor on the word, as in the proposals of Gibbs-with-Gradients (Grathwohl et al. 2021, arXiv
 * 2102.04509).
 */
export function createWordTilt(device: Device, checkpoint: Checkpoint, { latent }: RunGuides, share: number): WordTilt {
  const clauses = latent.flatMap((clause, at) => (clause.logProbs ? [{ clause, at }] : []));
  const graph = slopesGraph(checkpoint, clauses);
  const constants = {
    ...prefixed('denoiser/', checkpoint.weights),
    ...merged(clauses.map(({ clause, at }) => prefixed(`weight/${at}/`, clause.weights))),
  };
  return async (probs, texts, guideInputs) => {
    const inputs = merged(clauses.map(({ at }) => prefixed(`input/${at}/`, guideInputs[at]!)));
    const feeds = { ids: sequencesOf(texts), ...inputs };
    const program = await device.compile(graph, specsOf(feeds), constants);
    const slopes = (await program.run(feeds))['slopes']!.data as Float32Array;
    refuseBrokenSlopes(slopes, latent);
    const tilted = probs.slice();
    tilt(tilted, slopes.map((slope) => share * slope), checkpoint.config.vocabularySize); // prettier-ignore
    return tilted;
  };
}

/** A clause that has log-probabilities, and its position among the latent ones. */
interface SlopingClause {
  readonly clause: LatentClause;
  readonly at: number;
}

/** Returns the graph of the slopes of the guides towards each token, [B, L, V] nats, up to a number per position that `tilt` takes out. */
function slopesGraph({ denoiser, config }: Checkpoint, clauses: readonly SlopingClause[]): GraphFunction {
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
    const [rows, length, width] = z.shape as [number, number, number];
    const slopes = tf.matMul(tf.reshape(grad, [rows * length, width]) as Tensor2D, table, false, true);
    return { slopes: tf.reshape(slopes, [rows, length, config.vocabularySize]) };
  };
}

const merged = (each: readonly HostTensors[]): HostTensors => Object.assign({}, ...each) as HostTensors;
