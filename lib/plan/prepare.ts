import { collectInto, type Problem, throwProblems } from '../base/errors.js';
import { locate } from '../base/locate.js';
import { type GenerateConfig, leavesOf, readTargets, type Target } from '../config/index.js';
import type { ReverseStep } from '../diffusion/index.js';
import type { Registry } from '../guide/registry.js';
import { unknownGuide } from '../guide/registry.js';
import { type Checkpoint, openCheckpoint, type OpenCheckpoint, withWeights } from '../model/checkpoint/checkpoint.js';
import { placeClauses } from './clauses.js';
import { contradictions } from './contradictions.js';
import { type GivenText, givenTexts } from './given-texts.js';
import { makeGuides, openGuides, planContext, type RunGuides } from './make-guides.js';
import { planMethod, type PlannedMethod } from './method.js';
import { type Plan, planClauses, type PlannedClause, planOf } from './plan.js';
import { choiceProblems, precisionProblems, searchedRewardProblems, softFactorProblems, softMemberProblems } from './refusals.js';
import { reverseStepsOf, stepProblems } from './run-steps.js';

/** A run that passed all checks. Its model has no weights yet. */
export interface CheckedRun {
  readonly config: GenerateConfig;
  readonly checkpoint: OpenCheckpoint;
  readonly plan: Plan;
  readonly steps: readonly ReverseStep[];
  readonly guides: RunGuides;
  /** The text to edit for each target; undefined if the run edits none. */
  readonly given?: readonly GivenText[] | undefined;
  /** The baseline that makes the texts; undefined for guided diffusion. */
  readonly method?: PlannedMethod | undefined;
}

/** A run that is ready to make texts. */
export interface PreparedRun extends CheckedRun {
  readonly checkpoint: Checkpoint;
}

/** A config whose schema is satisfied except for missing values. */
export type DraftConfig = Omit<GenerateConfig, 'model' | 'output'> & Partial<Pick<GenerateConfig, 'model' | 'output'>>;

/** Checks a run and loads its model. @throws InputError with every problem */
export async function prepareRun(config: GenerateConfig, registry: Registry, where: string): Promise<PreparedRun> {
  const run = await checkRun(config, registry, where);
  return { ...run, checkpoint: await withWeights(run.checkpoint) };
}

/** Reads everything that a config names, except for the weights of its model, and checks it. @throws InputError with every problem */
export async function checkRun(config: GenerateConfig, registry: Registry, where: string): Promise<CheckedRun> {
  const { problems, run } = await examine(config, registry, where);
  throwProblems(where, problems);
  return { ...run!, config };
}

/** Returns every problem of a config, as far as its values allow to tell. */
export async function problemsOfRun(config: DraftConfig, registry: Registry, where: string): Promise<readonly Problem[]> {
  return (await examine(config, registry, where)).problems;
}

/** Checks a run. @returns its parts only if there are no problems */
async function examine(
  config: DraftConfig,
  registry: Registry,
  where: string,
): Promise<{ problems: Problem[]; run?: Omit<CheckedRun, 'config'> }> {
  const problems: Problem[] = precisionProblems(config);
  const checkpoint = await openModel(config.model).catch(collectInto(problems, '/model'));
  const targets = await targetsOf(config.targets).catch(collectInto(problems, '/targets'));
  if (!checkpoint) return { problems: [...problems, ...unknownGuides(config, registry)] };

  problems.push(...stepProblems(config, checkpoint.config));
  const planned = await planClauses(config.guidance, targets, planContext(registry, checkpoint));
  problems.push(...planned.problems, ...choiceProblems(config, planned.clauses));
  if (!targets) return { problems };

  const given = givenTexts(config, targets, checkpoint);
  problems.push(...given.problems);
  const plan = planOf(planned.clauses, targets, config.samplesPerTarget);
  const guides = await openedGuides(plan.clauses, checkpoint).catch(collectInto(problems));
  if (guides) problems.push(...guideProblems(guides, targets, checkpoint, config.method?.name === 'beam'));
  const method = config.method && (await planMethod(config.method, config, plan, checkpoint, where).catch(collectInto(problems)));
  if (problems.length > 0) return { problems };
  const steps = reverseStepsOf(config, checkpoint.config, where);
  return { problems, run: { checkpoint, plan, steps, guides: guides!, given: given.texts, method } };
}

const openModel = async (model: string | undefined): Promise<OpenCheckpoint | undefined> =>
  model === undefined ? undefined : openCheckpoint(locate(model));

const targetsOf = (targets: DraftConfig['targets']): Promise<Target[]> =>
  readTargets(typeof targets === 'string' ? locate(targets) : (targets as readonly unknown[]));

function unknownGuides({ guidance }: Pick<GenerateConfig, 'guidance'>, registry: Registry): Problem[] {
  const guides = placeClauses(guidance, '/guidance').flatMap(({ tree }) => leavesOf(tree));
  const unknown = guides.filter(({ clause }) => !registry.has(clause.guide));
  return unknown.map(({ path, clause }) => ({ path: `${path}/guide`, message: unknownGuide(clause.guide, registry) }));
}

async function openedGuides(clauses: readonly PlannedClause[], checkpoint: OpenCheckpoint): Promise<RunGuides> {
  const guides = await makeGuides(clauses, checkpoint);
  await openGuides(guides);
  return guides;
}

/** Checks the factors that guides give for each target. */
function guideProblems(
  { posterior }: RunGuides,
  targets: readonly Target[],
  checkpoint: OpenCheckpoint,
  isBeam: boolean,
): Problem[] {
  const problems = [
    ...softMemberProblems(posterior),
    ...(checkpoint.denoiser.interpolates ? [] : softFactorProblems(posterior)),
    ...(isBeam ? searchedRewardProblems(posterior) : []),
  ];
  return problems.length > 0 ? problems : contradictions(targets, posterior, checkpoint);
}
