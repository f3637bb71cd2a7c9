import { inputError } from '../base/errors.js';
import type { Device } from '../engine/types.js';
import type { PlannedBranch } from '../plan/branch.js';
import type { PreparedRun } from '../plan/prepare.js';
import { adaptiveWeight, type BranchPoint, continued, type SampleHooks } from '../sampler/index.js';
import { hasIndependentRows } from './independent-rows.js';
import { groupsByLength } from './length-groups.js';
import { startParticles } from './particle-run.js';
import { createRowReader } from './row-texts.js';
import { type BatchTexts, rowsIn } from './batch-texts.js';
import { assembleBatch, keysOfDeparture, originText, textsOfShard } from './shard-batch.js';
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

/**
 * Makes the latents again that a branch departs from: the same seed gives the same text.
 *
 * @throws InputError if the candidate depends on the others of its batch and is not the first
 */
export async function departureOf(branch: PlannedBranch<PreparedRun>, sampling: DepartureSampling): Promise<BranchPoint> {
  const { of, origin, step, candidate } = branch;
  const before = of.branch && (await (sampling.departureOf?.(of.branch) ?? departureOf(of.branch, sampling)));
  if (before?.step === step) return before;
  if (await sampling.isAlone(of)) {
    const text = { ...originText(branch), keys: keysOfDeparture(branch).slice(0, 1), departure: before };
    return (await sampling.sampleUpTo(step, of, { texts: [text], filler: [] }))[0]!;
  }
  if (candidate > 0)
    throw inputError(
      '/branch/candidate',
      `expected 0: other candidates can be made again only on onnx-cpu with "precision": "float32", got ${candidate}`,
    );
  const layout = shardLayout(of.config, of.plan);
  const { texts, filler } = textsOfShard(of, layout, Math.floor(origin / layout.texts));
  const sampled = texts.map((text) => ({ ...text, keys: text.keys.slice(0, layout.rowsPerText), departure: before }));
  return (await sampling.sampleUpTo(step, of, { texts: sampled, filler }))[origin % layout.texts]!;
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
  const points: BranchPoint[] = [];
  for (const { batch, places } of groupsByLength(context, texts))
    (await sampleGroupUpTo(context, batch, step, hooks)).forEach((point, text) => (points[places[text]!] = point));
  return points;
}

async function sampleGroupUpTo(
  context: ShardContext,
  texts: BatchTexts,
  step: number,
  hooks: SampleHooks,
): Promise<BranchPoint[]> {
  const { guides, checkpoint, samplerOf } = context;
  const batch = await assembleBatch(context, texts);
  const reader = createRowReader(batch.constraints, checkpoint.tokenizer);
  const weights = guides.latent.map(({ auto, window }, i) => auto && adaptiveWeight(i, batch.rows.length, window, auto));
  const observers = [...weights, startParticles(batch, reader)].filter((observer) => observer !== undefined);
  const { latents } = await samplerOf(batch.rows.length).sampleUpTo(step, { ...batch.toSample, observers }, hooks);
  return batch.groups.map(([row]) => ({ step, latents: continued(latents, [row!]) }));
}

/**
 * Returns whether the texts of a run do not depend on the other rows of their batch, so that they may share it with other runs. Particles see
 * the other trajectories.
 */
export const mayShare = (device: Pick<Device, 'precision' | 'name'>, { guides }: PreparedRun): boolean =>
  hasIndependentRows(device) && guides.particles.length === 0;
