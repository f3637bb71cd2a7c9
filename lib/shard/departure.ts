import type { Device } from '../engine/types.js';
import type { PlannedBranch } from '../plan/branch.js';
import type { PreparedRun } from '../plan/prepare.js';
import { adaptiveWeight, type BranchPoint, continued, type SampleHooks } from '../sampler/index.js';
import { startParticles } from './particle-run.js';
import { createRowReader } from './row-texts.js';
import { assembleBatch, type BatchTexts, originText, rowsIn, textsOfShard } from './shard-batch.js';
import { createShardContext, type ShardContext, shardLayout } from './shard-context.js';

/** How the texts that branches depart from are sampled. */
export interface DepartureSampling {
  /** Returns whether a text of a run is the same without the other rows of its batch (`mayShare`). */
  isAlone(run: PreparedRun): boolean | Promise<boolean>;
  /** Samples the texts of a batch up to and including a step. @returns for each text, the latents of its first row */
  sampleUpTo(step: number, run: PreparedRun, batch: BatchTexts): Promise<readonly BranchPoint[]>;
  /** Returns the latents that a branch of a branch departs from, which may be remembered. Default: samples them. */
  departureOf?(branch: PlannedBranch<PreparedRun>): Promise<BranchPoint>;
}

/** Makes the latents again that a branch departs from: the same seed gives the same text. */
export async function departureOf(branch: PlannedBranch<PreparedRun>, sampling: DepartureSampling): Promise<BranchPoint> {
  const { of, origin, step } = branch;
  const before = of.branch && (await (sampling.departureOf?.(of.branch) ?? departureOf(of.branch, sampling)));
  if (before?.step === step) return before;
  const layout = shardLayout(of.config, of.plan);
  const departing = ({ texts, filler }: BatchTexts): BatchTexts => ({
    texts: texts.map((text) => ({ ...text, keys: text.keys.slice(0, layout.rowsPerText), departure: before })),
    filler,
  });
  if (await sampling.isAlone(of))
    return (await sampling.sampleUpTo(step, of, departing({ texts: [originText(branch)], filler: [] })))[0]!;
  const whole = textsOfShard(of, layout, Math.floor(origin / layout.texts));
  return (await sampling.sampleUpTo(step, of, departing(whole)))[origin % layout.texts]!;
}

/** Returns how texts are sampled on a device that nobody else uses. */
export const samplingOn = (device: Device, { signal }: SampleHooks): DepartureSampling => ({
  isAlone: (run) => mayShare(device, run),
  sampleUpTo(step, run, texts) {
    const layout = { ...shardLayout(run.config, run.plan), rows: rowsIn(texts) };
    return sampleTextsUpTo(createShardContext(device, run, { layout }), texts, step, { signal });
  },
});

/**
 * Samples the texts of a batch up to and including a step, with the guides of their runs.
 *
 * @returns for each text, the latents of its first row, from which another run can depart
 * @throws Interrupted
 */
export async function sampleTextsUpTo(
  context: ShardContext,
  texts: BatchTexts,
  step: number,
  hooks: SampleHooks = {},
): Promise<BranchPoint[]> {
  const { guides, checkpoint, sampler } = context;
  const batch = await assembleBatch(context, texts);
  const reader = createRowReader(batch.constraints, checkpoint.tokenizer);
  const weights = guides.latent.map(({ auto, window }, i) => auto && adaptiveWeight(i, batch.rows.length, window, auto));
  const observers = [...weights, startParticles(batch, reader)].filter((observer) => observer !== undefined);
  const { latents } = await sampler.sampleUpTo(step, { ...batch.toSample, observers }, hooks);
  return batch.groups.map(([row]) => ({ step, latents: continued(latents, [row!]) }));
}

/** Devices on which a row does not depend on the others of its batch. */
const SHARING: readonly Device['name'][] = ['onnx-cpu', 'tfjs-cpu', 'web'];

/**
 * Returns whether the texts of a run do not depend on the other rows of their batch, so that they may share it with other runs. In int8 one
 * scale rounds all rows, a GPU may sum in another order in larger batches, and particles see the other trajectories.
 */
export const mayShare = ({ precision, name }: Pick<Device, 'precision' | 'name'>, { guides }: PreparedRun): boolean =>
  precision === 'float32' && SHARING.includes(name) && guides.particles.length === 0;
