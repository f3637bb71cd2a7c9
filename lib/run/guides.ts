import type { Checkpoint } from '../model/checkpoint.js';
import { tokenStates } from '../model/classifier.js';
import { hasGuideCheckpoint, loadGuideCheckpoint, loadGuideConfig, type GuideCheckpoint } from '../model/guide-checkpoint.js';
import { tf } from '../engine/index.js';
import type { HostTensors } from '../engine/types.js';
import type { Guide, GuideFactory, LatentPlaceGuide, ParticlesGuide, Place, PosteriorGuide, Registry } from '../sampler/guide.js';
import { modelInfoOf } from './model-info.js';
import type { PlanContext, PlannedGuide } from './plan.js';
import { classifierSizeOf } from './train-guide.js';

interface Ready<G> extends PlannedGuide {
  readonly guide: G;
}

/** The guides of a run, made and with what was trained for them, by where they act. */
export interface RunGuides {
  readonly posterior: readonly Ready<PosteriorGuide<unknown>>[];
  /** With the weights of their classifiers. */
  readonly latent: readonly (Ready<LatentPlaceGuide<unknown>> & { readonly weights: HostTensors })[];
  readonly particles: readonly Ready<ParticlesGuide<unknown>>[];
}

/** What was trained or counted for a guide at a place, undefined where it needs nothing. */
export type TrainedFor = (factory: GuideFactory<unknown>, via: Place) => Promise<GuideCheckpoint | undefined>;

/**
 * Makes the guides of a run.
 * Errors: an InputError where a guide needs a checkpoint that is missing or of another denoiser.
 *
 * @param trainedFor by default what lies beside the model
 */
export async function makeGuides(
  planned: readonly PlannedGuide[],
  checkpoint: Checkpoint,
  trainedFor: TrainedFor = besideModel(checkpoint),
): Promise<RunGuides> {
  const made = await Promise.all(
    planned.map(async (plan) => makeGuide(plan, checkpoint, await trainedFor(plan.factory, plan.via))),
  );
  return {
    posterior: made.flatMap((one) => (one.guide.via === 'posterior' ? [{ ...one, guide: one.guide }] : [])),
    latent: made.flatMap(({ guide, ...one }) =>
      guide.via === 'posterior' || guide.via === 'particles' ? [] : [{ ...one, guide }],
    ),
    particles: made.flatMap((one) => (one.guide.via === 'particles' ? [{ ...one, guide: one.guide }] : [])),
  };
}

function makeGuide(
  plan: PlannedGuide,
  checkpoint: Checkpoint,
  trained: GuideCheckpoint | undefined,
): Ready<Guide<unknown>> & { weights: HostTensors } {
  const { factory, via } = plan;
  const network = trained?.config.network;
  const size = network && classifierSizeOf(checkpoint.config, network);
  const guide = factory.create({
    tf,
    model: modelInfoOf(checkpoint),
    via,
    classes: trained?.config.classes ?? [],
    tables: via === 'posterior' && trained ? trained.tensors : {},
    states(weights, z, time) {
      if (!size) throw new Error(`the guide "${factory.name}" has no classifier for ${via}`);
      return tokenStates(weights, z, time, size);
    },
  });
  return { ...plan, guide, weights: via === 'posterior' ? {} : (trained?.tensors ?? {}) };
}

const besideModel =
  ({ folder, hash }: Checkpoint): TrainedFor =>
  async (factory, via) => {
    const name = await trainedName(factory, via, folder);
    return name === undefined ? undefined : loadGuideCheckpoint(folder, hash, name, via);
  };

/** The guide whose training a guide uses at a place, undefined where it needs none or does without. */
async function trainedName(factory: GuideFactory<unknown>, via: Place, model: string): Promise<string | undefined> {
  const { name, trainedAs, tables, classifier, worksUntrained } = factory;
  const steers = via === 'gradient' || via === 'x0-gradient';
  const needs = via === 'posterior' ? tables !== undefined : steers && classifier !== undefined;
  const of = trainedAs?.[via] ?? (needs ? name : undefined);
  return of !== undefined && worksUntrained && !(await hasGuideCheckpoint(model, of, via)) ? undefined : of;
}

/** What the guides of a config are checked against, with a model. */
export function planContext(registry: Registry, checkpoint: Checkpoint): PlanContext {
  const { folder, hash } = checkpoint;
  return {
    registry,
    model: modelInfoOf(checkpoint),
    async classesOf(factory, via) {
      const name = await trainedName(factory, via, folder);
      return name === undefined ? [] : ((await loadGuideConfig(folder, hash, name, via)).classes ?? []);
    },
  };
}
