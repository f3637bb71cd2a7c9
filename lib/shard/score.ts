import type { Tensor } from '@tensorflow/tfjs-core';
import { embedded } from '../diffusion/objectives.js';
import { prefixed, scoped, specsOf } from '../engine/scope.js';
import { tf } from '../engine/tf.js';
import type { Device, GraphFunction, HostTensor, HostTensors } from '../engine/types.js';
import type { StepState } from '../guide/contract.js';
import type { Checkpoint } from '../model/checkpoint/checkpoint.js';
import type { LatentClause, RunGuides } from '../plan/make-guides.js';

/** Asks the latent guides for log-probabilities of finished texts. */
export interface Scorer {
  /**
   * @param ids the sequence of each row of the batch, [L]
   * @param guideInputs the inputs of each latent guide, as for sampling
   * @returns for each guide and each group of guides, by label, log-probabilities of the rows, [B] nats; without those that have none
   */
  score(ids: readonly Int32Array[], guideInputs: readonly HostTensors[]): Promise<Readonly<Record<string, Float32Array>>>;
}

/** Returns a scorer that asks about the clean embeddings of texts at time 0. */
export function createScorer(device: Device, checkpoint: Checkpoint, { latent }: RunGuides): Scorer {
  // Made once, since the device knows a program by its graph and constants.
  const graphs = new Map(
    latent.flatMap((clause) => {
      if (!clause.logProbs) return [];
      const constants = { ...prefixed('denoiser/', checkpoint.weights), ...prefixed('weight/', clause.weights) };
      return [[clause, { graph: scoreGraph(checkpoint, clause.logProbs), constants }] as const];
    }),
  );
  async function scoresOf(clause: LatentClause, ids: HostTensor, inputs: HostTensors): Promise<Record<string, HostTensor>> {
    const own = graphs.get(clause);
    if (!own) return {};
    const feeds = { ids, ...prefixed('input/', inputs) };
    const program = await device.compile(own.graph, specsOf(feeds), own.constants); // compiled once for each number of rows
    return program.run(feeds);
  }
  return {
    async score(rows, guideInputs) {
      const ids = sequencesOf(rows);
      const scores = await Promise.all(latent.map((clause, i) => scoresOf(clause, ids, guideInputs[i]!)));
      const named = scores.flatMap((own) =>
        Object.entries(own).map(([label, tensor]) => [label, tensor.data as Float32Array] as const),
      );
      return Object.fromEntries(named);
    },
  };
}

function scoreGraph({ denoiser, config }: Checkpoint, logProbs: NonNullable<LatentClause['logProbs']>): GraphFunction {
  return (inputs) => {
    const z = embedded(denoiser.embeddings(scoped('denoiser/', inputs)), inputs['ids']!); // [B, L, D]
    return logProbs(z, cleanState(z, config), scoped('input/', inputs), scoped('weight/', inputs));
  };
}

/** Returns the state in which guides see clean embeddings [B, L, D]: at time 0. */
export function cleanState(z: Tensor, { maxTokens, vocabularySize }: Checkpoint['config']): StepState {
  const rows = z.shape[0]!;
  return {
    x: z,
    mean: z,
    x0: z,
    logits: tf.zeros([rows, maxTokens, vocabularySize]),
    time: tf.zeros([rows]),
    alphaBar: tf.scalar(1),
    sigma: tf.scalar(0),
  };
}

/** Returns the sequences of rows, [L] each, as [B, L]. */
export function sequencesOf(rows: readonly Int32Array[]): HostTensor {
  const shape = [rows.length, rows[0]!.length];
  const data = new Int32Array(shape[0]! * shape[1]!);
  rows.forEach((row, r) => data.set(row, r * shape[1]!));
  return { dtype: 'int32', shape, data };
}
