import { embedded } from '../diffusion/objectives.js';
import { prefixed, scoped, tf } from '../engine/index.js';
import type { Device, GraphFunction, HostTensors, Program } from '../engine/types.js';
import type { Checkpoint } from '../model/checkpoint.js';
import type { GradientGuide, StepState } from '../sampler/guide.js';
import type { RunGuides } from './guides.js';

/** Log-probabilities of the latent guides on finished texts. */
export interface Scorer {
  /**
   * @param ids of each row of the batch, [L]
   * @param guideInputs of each latent guide, as for sampling
   * @returns of each latent guide a number a row, [B] nats; undefined for one that has no log-probability
   */
  score(ids: readonly Int32Array[], guideInputs: readonly HostTensors[]): Promise<(Float32Array | undefined)[]>;
}

/** Scores the clean embeddings of texts at time 0. */
export function createScorer(device: Device, checkpoint: Checkpoint, guides: RunGuides): Scorer {
  const programs = new Map<number, Promise<Program>>();
  return {
    score: (ids, guideInputs) =>
      Promise.all(
        guides.latent.map(async ({ guide, weights }, i) => {
          if (guide.via === 'project') return undefined;
          const feeds = guideInputs[i]!;
          const shape = [ids.length, checkpoint.config.maxTokens];
          const specs = Object.entries(feeds).map(([name, tensor]) => ({
            name: `input/${name}`,
            shape: tensor.shape,
            dtype: tensor.dtype,
          }));
          const constants = { ...prefixed('denoiser/', checkpoint.weights), ...prefixed('weight/', weights) };
          if (!programs.has(i))
            programs.set(
              i,
              device.compile(scoreGraph(checkpoint, guide), [{ name: 'ids', shape, dtype: 'int32' }, ...specs], constants),
            );
          const all = new Int32Array(shape[0]! * shape[1]!);
          ids.forEach((row, r) => all.set(row, r * shape[1]!));
          const program = await programs.get(i)!;
          const out = await program.run({ ids: { dtype: 'int32', shape, data: all }, ...prefixed('input/', feeds) });
          return out['logProb']!.data as Float32Array;
        }),
      ),
  };
}

function scoreGraph({ denoiser, config }: Checkpoint, guide: GradientGuide<unknown>): GraphFunction {
  return (inputs) => {
    const z = embedded(denoiser.embeddings(scoped('denoiser/', inputs)), inputs['ids']!); // [B, L, D]
    const rows = z.shape[0]!;
    const state: StepState = {
      x: z,
      mean: z,
      x0: z,
      logits: tf.zeros([rows, config.maxTokens, config.vocabularySize]),
      time: tf.zeros([rows]),
      alphaBar: tf.scalar(1),
      sigma: tf.scalar(0),
    };
    return { logProb: guide.logProb(z, state, scoped('input/', inputs), scoped('weight/', inputs)) };
  };
}
