import { InputError, inputErrorOnly, type Problem } from '../base/errors.js';
import { type ClauseTree, leavesOf, mapLeaves } from '../config/index.js';
import { tf } from '../engine/tf.js';
import type { HostTensors } from '../engine/types.js';
import { actsByGradient } from '../guide/acts-by-gradient.js';
import { type ComposedGradient, composeGradients, composePosteriors } from '../guide/compose.js';
import type {
  GradientGuide,
  Guide,
  GuideFactory,
  ModelInfo,
  ParticlesGuide,
  PosteriorGuide,
  StepGuide,
  Via,
} from '../guide/contract.js';
import { modelInfoOf } from '../guide/model-info.js';
import type { Registry } from '../guide/registry.js';
import type { OpenCheckpoint } from '../model/checkpoint/checkpoint.js';
import {
  type GuideCheckpoint,
  hasGuideCheckpoint,
  loadGuideCheckpoint,
  loadGuideConfig,
} from '../model/checkpoint/guide-checkpoint.js';
import { firstTokens } from '../model/layers.js';
import type { ModelConfig } from '../model/denoiser/config.js';
import { classifierStates } from '../model/denoiser/noisy-encoder.js';
import type { Vocabulary } from '../text/types.js';
import type { PlanContext, PlannedClause, PlannedGuide } from './plan.js';
import { sharedStates, type SharedStates } from './shared-states.js';

/** A guide with its trained weights. */
export interface MadeGuide extends PlannedGuide {
  readonly guide: Guide<unknown>;
  /** Of its classifier. */
  readonly weights: HostTensors;
}

interface Acting<G> extends Omit<PlannedClause, 'tree'> {
  readonly guide: G;
  /** Options per target; if several guides act as one, a list of theirs, in their order. */
  readonly options: readonly unknown[];
  readonly tree: ClauseTree<MadeGuide>;
}

/** The clauses of a run with their trained weights, by where they act. */
export interface RunGuides {
  readonly posterior: readonly Acting<PosteriorGuide<unknown>>[];
  readonly latent: readonly LatentClause[];
  readonly particles: readonly (Acting<ParticlesGuide<unknown>> & Pick<PlannedGuide, 'factory'>)[];
}

export interface LatentClause extends Acting<StepGuide<unknown>> {
  readonly weights: HostTensors;
  /** Log-probabilities of the clause and of its members, by label, [B] nats. Absent if it has none. */
  readonly logProbs?: ComposedGradient['logProbs'];
  readonly watched: boolean;
}

/** Returns the checkpoint of a guide for a `via`, undefined if it needs none. */
export type TrainedFor = (factory: GuideFactory<unknown>, via: Via) => Promise<GuideCheckpoint | undefined>;

/**
 * Makes the guides of a run, and lets them load what the options of all targets need, such as a file.
 *
 * @param trainedFor by default what lies next to the model
 * @returns the guides without problems, and every guide that cannot be opened or whose checkpoint is missing, broken or of another denoiser
 */
export async function makeGuides(
  clauses: readonly PlannedClause[],
  checkpoint: OpenCheckpoint,
  model: ModelInfo,
  trainedFor: TrainedFor = nextToModel(checkpoint),
): Promise<{ guides?: RunGuides; problems: Problem[] }> {
  const make = (clause: PlannedClause) => makeClause(clause, checkpoint.config, model, trainedFor);
  const found = await Promise.all(clauses.map((clause) => make(clause).catch(inputErrorOnly)));
  const problems = found.flatMap((one, i): Problem[] =>
    one instanceof InputError ? [{ path: clauses[i]!.path, message: one.message }] : [],
  );
  if (problems.length > 0) return { problems };
  const guides = byPlace(found as MadeClause[], model.vocabulary);
  const refused = await openGuides(guides);
  return refused.length > 0 ? { problems: refused } : { guides, problems };
}

function byPlace(made: readonly MadeClause[], vocabulary: Vocabulary): RunGuides {
  return {
    posterior: made.flatMap((clause) => (clause.via === 'posterior' ? [posteriorClause(clause, vocabulary)] : [])),
    latent: made.flatMap((clause) => (clause.via === 'posterior' || clause.via === 'particles' ? [] : [latentClause(clause)])),
    particles: made.flatMap((clause) => (clause.via === 'particles' ? [particlesClause(clause)] : [])),
  };
}

async function openGuides(guides: RunGuides): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { guide, options, path } of opening(guides)) {
    try {
      await guide.open?.(options);
    } catch (error) {
      problems.push({ path, message: inputErrorOnly(error).message });
    }
  }
  return problems;
}

/** Returns the files that the texts depend on besides the model. */
export const filesOf = (guides: RunGuides): string[] => [
  ...new Set(opening(guides).flatMap(({ guide, options }) => guide.files?.(options) ?? [])),
];

/** Returns what the guides have to say of their options before the texts are made, each sentence once. */
export const noticesOf = ({ posterior }: RunGuides): string[] => [
  ...new Set(
    posterior
      .flatMap(({ tree }) => leavesOf(tree))
      .flatMap(({ guide, options }) => (guide as PosteriorGuide<unknown>).notices?.(options) ?? []),
  ),
];

/** Returns the guides that may read files of their own. */
const opening = ({ posterior, particles }: RunGuides) =>
  [...posterior, ...particles].flatMap(({ tree }) =>
    leavesOf(tree).map(({ guide, options, path }) => ({
      path,
      guide: guide as PosteriorGuide<unknown> | ParticlesGuide<unknown>,
      options,
    })),
  );

async function makeClause(
  clause: PlannedClause,
  config: ModelConfig,
  model: ModelInfo,
  trainedFor: TrainedFor,
): Promise<MadeClause> {
  const plans = leavesOf(clause.tree);
  const trained = await Promise.all(plans.map(({ factory, via }) => trainedFor(factory, via)));
  const shared = sharedStates();
  const guides = new Map(plans.map((plan, i) => [plan, makeGuide(plan, config, model, trained[i], shared)]));
  return { ...clause, tree: mapLeaves(clause.tree, (plan) => guides.get(plan)!), shared };
}

type MadeClause = Omit<PlannedClause, 'tree'> & { readonly tree: ClauseTree<MadeGuide>; readonly shared: SharedStates };

/** Returns the options of the guides of a group, target by target. */
function optionsOf(tree: ClauseTree<MadeGuide>): unknown[][] {
  const guides = leavesOf(tree);
  return guides[0]!.options.map((_, target) => guides.map(({ options }) => options[target]));
}

function posteriorClause(clause: MadeClause, vocabulary: Vocabulary): Acting<PosteriorGuide<unknown>> {
  const { tree } = clause;
  if ('leaf' in tree) return { ...clause, guide: tree.leaf.guide as PosteriorGuide<unknown>, options: tree.leaf.options };
  const members = mapLeaves(tree, ({ guide }) => ({ guide: guide as PosteriorGuide<unknown> }));
  const guide = composePosteriors(members, vocabulary) as PosteriorGuide<unknown>;
  return { ...clause, guide, options: optionsOf(tree) };
}

function latentClause(clause: MadeClause): LatentClause {
  const { tree } = clause;
  const acting = { ...clause, watched: clause.auto !== undefined };
  if ('leaf' in tree) {
    const { guide, options, weights, label } = tree.leaf as MadeGuide & { guide: LatentClause['guide'] };
    if (guide.via === 'project') return { ...acting, guide, options, weights };
    const logProbs: LatentClause['logProbs'] = (...args) => ({ [label]: guide.logProb(...args) });
    return { ...acting, guide, options, weights, logProbs };
  }
  const members = mapLeaves(tree, (made) => ({ ...made, guide: made.guide as GradientGuide<unknown> }));
  const { guide, weights, logProbs } = composeGradients(members, clause.shared.during);
  return { ...acting, guide: guide as GradientGuide<unknown>, options: optionsOf(tree), weights, logProbs };
}

/** Makes a reward guide, which acts alone: rewards are not probabilities, which `any` and `not` compose. */
function particlesClause(clause: MadeClause): RunGuides['particles'][number] {
  const [made] = leavesOf(clause.tree);
  return { ...clause, factory: made!.factory, guide: made!.guide as ParticlesGuide<unknown>, options: made!.options };
}

function makeGuide(
  plan: PlannedGuide,
  config: ModelConfig,
  model: ModelInfo,
  trained: GuideCheckpoint | undefined,
  shared: SharedStates,
): MadeGuide {
  const { factory, via } = plan;
  const network = trained?.config.network;
  const statesOf = network && classifierStates(config, network);
  const guide = factory.create({
    tf,
    model,
    via,
    classes: trained?.config.classes ?? [],
    tables: via === 'posterior' && trained ? trained.tensors : {},
    states(weights, z, time, length = z.shape[1]!) {
      if (!statesOf) throw new Error(`the guide "${factory.name}" has no classifier for ${via}`);
      return shared.of(weights, z, time, length, () => statesOf(weights, firstTokens(z, length), time));
    },
  });
  return { ...plan, guide, weights: via === 'posterior' ? {} : (trained?.tensors ?? {}) };
}

/** Returns the checkpoints of guides next to a model. Guides that use the same training share its tensors. */
export function nextToModel({ folder, hash }: OpenCheckpoint): TrainedFor {
  const loaded = new Map<string, Promise<GuideCheckpoint>>();
  return async (factory, via) => {
    const name = await trainedName(factory, via, folder);
    if (name === undefined) return undefined;
    const key = `${name}-${via}`;
    if (!loaded.has(key)) loaded.set(key, loadGuideCheckpoint(folder, hash, name, via));
    return loaded.get(key)!;
  };
}

/** Returns the name of the guide whose training a guide uses for a `via`, undefined if it needs none or works without. */
async function trainedName(factory: GuideFactory<unknown>, via: Via, model: string): Promise<string | undefined> {
  const { name, trainedAs, tables, classifier, worksUntrained } = factory;
  const steers = actsByGradient(via);
  const needs = via === 'posterior' ? tables !== undefined : steers && classifier !== undefined;
  const of = trainedAs?.[via] ?? (needs ? name : undefined);
  return of !== undefined && worksUntrained && !(await hasGuideCheckpoint(model, of, via)) ? undefined : of;
}

/** Returns the context in which the guides of a config are checked for a model. */
export function planContext(registry: Registry, checkpoint: OpenCheckpoint): PlanContext {
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
