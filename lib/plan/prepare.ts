import { inputErrorOnly, type Problem, throwProblems } from '../base/errors.js';
import { locate } from '../base/locate.js';
import { type GenerateConfig, readTargets, type Target } from '../config/index.js';
import type { ReverseStep } from '../diffusion/index.js';
import { precisionObstacle } from '../engine/precision.js';
import type { Registry } from '../guide/registry.js';
import {
  type LanguageModelCheckpoint,
  openLanguageModel,
  type OpenLanguageModel,
} from '../model/causal/language-model-checkpoint.js';
import {
  type Checkpoint,
  type Network,
  openCheckpoint,
  type OpenCheckpoint,
  type OpenNetwork,
  withWeights,
} from '../model/checkpoint/checkpoint.js';
import { checkOrigin, planBranch, type PlannedBranch } from './branch.js';
import { placeClauses, unknownGuides } from './clauses.js';
import { type OpenDecoder, planDecoding, type RunConfig } from './decoding.js';
import { type GivenText, givenTexts } from './given-texts.js';
import { makeGuides, nextToModel, planContext, type RunGuides, type TrainedFor } from './make-guides.js';
import { planMethod, type PlannedMethod } from './method.js';
import { decodeProblems, type Plan, planClauses, planOf } from './plan.js';
import { posteriorProblems } from './posterior-problems.js';
import { reverseStepsOf } from './run-steps.js';

/** A run that passed all checks. Its models have no weights yet. */
export interface CheckedRun {
  readonly config: RunConfig;
  readonly checkpoint: OpenCheckpoint;
  readonly plan: Plan;
  readonly steps: readonly ReverseStep[];
  /** The language model of joint decoding; undefined if the run decodes otherwise. */
  readonly decoder?: OpenDecoder | undefined;
  readonly guides: RunGuides;
  /** The text to edit for each target; undefined if the run edits none. */
  readonly given?: readonly GivenText[] | undefined;
  /** The baseline that makes the texts; undefined for guided diffusion. */
  readonly method?: PlannedMethod | undefined;
  /** The run that this one continues a text of; undefined if its texts start from noise. */
  readonly branch?: PlannedBranch<CheckedRun> | undefined;
}

/** A run that is ready to make texts. */
export interface PreparedRun extends CheckedRun {
  readonly checkpoint: Checkpoint;
  readonly decoder?: (OpenDecoder & LanguageModelCheckpoint) | undefined;
  readonly branch?: PlannedBranch<PreparedRun> | undefined;
}

/** Where the models of runs come from. A source may remember them, so that several runs share one copy. */
export interface ModelSource {
  /** @throws InputError that names the file and everything wrong with it */
  checkpoint(folder: string): Promise<OpenCheckpoint>;
  /** @throws InputError that names the file and everything wrong with it */
  languageModel(folder: string): Promise<OpenLanguageModel>;
  withWeights<N extends OpenNetwork>(network: N): Promise<N & Network>;
  /** The checkpoints of guides next to a model. */
  trainedFor(checkpoint: OpenCheckpoint): TrainedFor;
}

/** Reads every model from its folder. */
const FROM_DISK: ModelSource = {
  checkpoint: openCheckpoint,
  languageModel: openLanguageModel,
  withWeights,
  trainedFor: nextToModel,
};

/** A config whose schema is satisfied except for missing values. */
export type DraftConfig = Omit<GenerateConfig, 'model' | 'output'> & Partial<Pick<GenerateConfig, 'model' | 'output'>>;

/** Checks a run and loads its models. @throws InputError with every problem */
export async function prepareRun(
  config: GenerateConfig,
  registry: Registry,
  where: string,
  source: ModelSource = FROM_DISK,
): Promise<PreparedRun> {
  return withModels(await checkRun(config, registry, where, source), source);
}

/** Loads the models of a checked run. */
export async function withModels(run: CheckedRun, source: ModelSource = FROM_DISK): Promise<PreparedRun> {
  const checkpoint = await source.withWeights(run.checkpoint);
  const decoder = run.decoder && (await source.withWeights(run.decoder));
  const branch = run.branch && { ...run.branch, of: await withModels(run.branch.of, source) };
  return { ...run, checkpoint, decoder, branch };
}

/** Reads everything that a config names, except for the weights of its models, and checks it. @throws InputError with every problem */
export async function checkRun(
  config: GenerateConfig,
  registry: Registry,
  where: string,
  source: ModelSource = FROM_DISK,
): Promise<CheckedRun> {
  const { problems, run } = await examine(config, registry, source);
  throwProblems(where, problems);
  return { ...run!, config: { ...config, decode: run!.decode } };
}

/** Returns every problem of a config, as far as its values allow to tell. */
export async function problemsOfRun(
  config: DraftConfig,
  registry: Registry,
  source: ModelSource = FROM_DISK,
): Promise<readonly Problem[]> {
  return (await examine(config, registry, source)).problems;
}

/** Checks a run stage by stage; each stage returns what it made and its problems. @returns the run's parts only if there are no problems */
async function examine(
  draft: DraftConfig,
  registry: Registry,
  source: ModelSource,
): Promise<{ problems: Problem[]; run?: Omit<CheckedRun, 'config'> & Pick<RunConfig, 'decode'> }> {
  const origin = await checkOrigin(draft.branch, {
    run: (config) => checkRun(config, registry, 'config', source),
    problems: (config) => problemsOfRun(config as DraftConfig, registry, source),
  });
  const problems: Problem[] = [...precisionProblems(draft), ...origin.problems];
  const checkpoint = await openModel(draft.model, source).catch(collectAt('/model', problems));
  const targets = await targetsOf(draft.targets).catch(collectAt('/targets', problems));
  const placed = placeClauses(draft.guidance, '/guidance');
  problems.push(...unknownGuides(placed, registry));
  if (!checkpoint) return { problems };

  const context = planContext(registry, checkpoint);
  const { steps, problems: ofSteps } = reverseStepsOf(draft, checkpoint.config);
  const decoding = await planDecoding({ ...draft, model: draft.model! }, steps, checkpoint, source);
  const { decode, decoder } = decoding;
  const config = { ...draft, decode };
  const planned = await planClauses(placed, targets, context);
  problems.push(...ofSteps, ...planned.problems, ...decodeProblems(config, planned.clauses, placed), ...decoding.problems);
  if (!targets) return { problems };

  const { model } = context;
  const whole = planOf(planned.clauses, targets, config.samplesPerTarget);
  const departed = origin.run && planBranch(config.branch!, origin.run, { config, checkpoint, steps, decoder, plan: whole });
  problems.push(...(departed?.problems ?? []));
  const plan = departed ? { ...whole, items: departed.items } : whole;
  const given = givenTexts(config, targets, checkpoint);
  const { guides, problems: ofGuides } = await makeGuides(plan.clauses, checkpoint, model, source.trainedFor(checkpoint));
  problems.push(...given.problems, ...ofGuides);
  if (guides) problems.push(...posteriorProblems(guides, targets, model, config.method?.name === 'beam'));
  const { method, problems: ofMethod } = await planMethod(config, plan, checkpoint.folder, model);
  problems.push(...ofMethod);
  if (problems.length > 0) return { problems };
  return {
    problems,
    run: { decode, decoder, checkpoint, plan, steps, guides: guides!, given: given.texts, method, branch: departed?.branch },
  };
}

/** Refuses a precision that the device does not compute in. */
function precisionProblems({ device, precision }: Pick<GenerateConfig, 'device' | 'precision'>): Problem[] {
  const message = precisionObstacle(device, precision);
  return message === undefined ? [] : [{ path: '/precision', message }];
}

/** Returns a handler for `catch` that adds an InputError to the problems, so that further checks can add theirs; it throws any other error. */
function collectAt(path: string, problems: Problem[]): (error: unknown) => undefined {
  return (error) => {
    problems.push({ path, message: inputErrorOnly(error).message });
  };
}

const openModel = async (model: string | undefined, source: ModelSource): Promise<OpenCheckpoint | undefined> =>
  model === undefined ? undefined : source.checkpoint(locate(model));

const targetsOf = (targets: DraftConfig['targets']): Promise<Target[]> =>
  readTargets(typeof targets === 'string' ? locate(targets) : (targets as readonly unknown[]));
