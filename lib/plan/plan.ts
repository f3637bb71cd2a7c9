import { distinctProblems, InputError, inputErrorOnly, type Problem, throwProblems } from '../base/errors.js';
import {
  check,
  type ClauseTree,
  type GenerateConfig,
  leavesOf,
  mapLeaves,
  readTargets,
  resolveFrom,
  takenFields,
  type Target,
} from '../config/index.js';
import { actsByGradient } from '../guide/acts-by-gradient.js';
import type { GuideFactory, ModelInfo, Via } from '../guide/contract.js';
import type { RegisteredGuide, Registry } from '../guide/registry.js';
import {
  groupProblems,
  placeClauses,
  type PlacedClause,
  type PlacedGuide,
  type Strength,
  strengthOf,
  unknownGuides,
} from './clauses.js';

/** A guide of a run, with its options for every target. */
export interface PlannedGuide {
  /** Its name, numbered if a run has several of it: `infill`, `infill#2`. */
  readonly label: string;
  /** JSON path in the config. */
  readonly path: string;
  readonly factory: RegisteredGuide;
  readonly via: Via;
  /** Inside an `any` or a `not` it multiplies the guide's log-probability. */
  readonly weight: number;
  /** One per target. */
  readonly options: readonly unknown[];
}

/** A clause that acts by itself: a guide, or an outermost `any` or `not`. */
export interface PlannedClause extends Strength {
  readonly label: string;
  readonly path: string;
  readonly via: Via;
  readonly tree: ClauseTree<PlannedGuide>;
}

/** The texts of a run and the guides that act on them. */
export interface Plan {
  readonly targets: readonly Target[];
  /** All guides, in the order of the config. */
  readonly guides: readonly PlannedGuide[];
  readonly clauses: readonly PlannedClause[];
  /** The texts: the samples of each target, one target after the other. */
  readonly items: readonly { readonly target: number; readonly sample: number }[];
}

/** Returns the classes that a guide's classifier was trained for. @throws InputError if it is missing */
export type ClassesOf = (factory: GuideFactory<unknown>, via: Via) => Promise<readonly string[]>;

/** The guides that a config may name, and the model that they are checked against. */
export interface PlanContext {
  readonly registry: Registry;
  readonly model: ModelInfo;
  readonly classesOf: ClassesOf;
}

/**
 * Reads the targets and resolves and checks every guide for each of them.
 *
 * @throws InputError with all problems, by JSON path of the config
 */
export async function planRun(config: GenerateConfig, context: PlanContext, where: string): Promise<Plan> {
  const targets = await readTargets(config.targets as string | readonly unknown[]);
  const placed = placeClauses(config.guidance, '/guidance');
  const { clauses, problems } = await planClauses(placed, targets, context);
  throwProblems(where, [...unknownGuides(placed, context.registry), ...problems]);
  return planOf(clauses, targets, config.samplesPerTarget);
}

/**
 * Resolves and checks every guide for each target. Guides that the registry lacks are left to `unknownGuides`.
 *
 * @param targets undefined if they cannot be read: then only options that take nothing from a target are checked
 * @returns the clauses without problems, and the problems of the others
 */
export async function planClauses(
  placed: readonly PlacedClause[],
  targets: readonly Target[] | undefined,
  context: PlanContext,
): Promise<{ clauses: PlannedClause[]; problems: Problem[] }> {
  const planned = await Promise.all(placed.map((clause) => planClause(clause, targets, context)));
  return {
    clauses: planned.flatMap(({ clause, problems }) => (clause && problems.length === 0 ? [clause] : [])),
    problems: planned.flatMap(({ problems }) => problems),
  };
}

/** Lists the texts of a run: the samples of each target, one target after the other. */
export function planOf(clauses: readonly PlannedClause[], targets: readonly Target[], samplesPerTarget: number): Plan {
  const items = targets.flatMap((_, target) => Array.from({ length: samplesPerTarget }, (_, sample) => ({ target, sample })));
  return { targets, guides: clauses.flatMap(({ tree }) => leavesOf(tree)), clauses, items };
}

/** Returns what is wrong with how a run decodes. @param given the clauses of its config; those that have problems are not among `clauses` */
export const decodeProblems = (
  config: Pick<GenerateConfig, 'decode'>,
  clauses: readonly PlannedClause[],
  given: readonly PlacedClause[],
): Problem[] => [...choiceProblems(config, clauses), ...(clauses.length === given.length ? slopeProblems(config, clauses) : [])];

/** Refuses candidates together with particles: both choose one of the rows of a text. */
function choiceProblems({ decode }: Pick<GenerateConfig, 'decode'>, clauses: readonly PlannedClause[]): Problem[] {
  const clause = clauses.find(({ via }) => via === 'particles');
  if (!clause) return [];
  const why = `since the guide "${clause.label}" chooses among the trajectories of a text`;
  if (decode.name === 'mbr') return [{ path: '/decode', message: `expected { "name": "argmax" }, ${why}, got "mbr"` }];
  if (!('candidates' in decode) || decode.candidates === 1) return [];
  return [{ path: '/decode/candidates', message: `expected 1, ${why}, got ${decode.candidates}` }];
}

/** Refuses `decode.gradients` in a run without gradient guides. */
function slopeProblems({ decode }: Pick<GenerateConfig, 'decode'>, clauses: readonly PlannedClause[]): Problem[] {
  if (decode.name !== 'joint' || decode.gradients === undefined) return [];
  if (clauses.some(({ via }) => actsByGradient(via))) return [];
  const message = 'expected none in a run without a clause by `gradient` or `x0-gradient`; take it out';
  return [{ path: '/decode/gradients', message }];
}

async function planClause(
  placed: PlacedClause,
  targets: readonly Target[] | undefined,
  context: PlanContext,
): Promise<{ clause?: PlannedClause; problems: readonly Problem[] }> {
  const leaves = leavesOf(placed.tree);
  const planned = await Promise.all(leaves.map((leaf) => planGuide(leaf, targets, context)));
  const guides = new Map(leaves.flatMap((leaf, i) => (planned[i]!.guide ? [[leaf, planned[i]!.guide] as const] : [])));
  const together = groupProblems(placed, new Map([...guides].map(([leaf, { via }]) => [leaf, via])));
  const problems = [...planned.flatMap((one) => one.problems), ...together];
  const [first] = guides.values();
  if (!first || guides.size < leaves.length) return { problems };
  const { problems: ofStrength, ...strength } = strengthOf(placed, first.via);
  const tree = mapLeaves(placed.tree, (leaf) => guides.get(leaf)!);
  const label = 'leaf' in tree ? tree.leaf.label : tree.label;
  return { clause: { label, path: placed.path, via: first.via, tree, ...strength }, problems: [...problems, ...ofStrength] };
}

async function planGuide(
  { label, path, clause: { guide, via, weight = 1, window: _window, ...rest } }: PlacedGuide,
  targets: readonly Target[] | undefined,
  { registry, model, classesOf }: PlanContext,
): Promise<{ guide?: PlannedGuide; problems: readonly Problem[] }> {
  const factory = registry.get(guide);
  if (!factory) return { problems: [] };
  const place = via ?? factory.places[0];
  if (!factory.places.includes(place)) {
    return {
      problems: [
        { path: `${path}/via`, message: `the guide "${guide}" acts by ${factory.places.join(' or ')}, not by ${place}` },
      ],
    };
  }
  const classes = await classesOf(factory, place).catch(inputErrorOnly);
  if (classes instanceof InputError) return { problems: [{ path: `${path}/guide`, message: classes.message }] };
  const checked = (options: unknown) => factory.check(options, { model, via: place, classes });
  const isSame = takenFields(rest).size === 0; // for all targets: checked once
  const known = targets ?? (isSame ? [NO_TARGET] : []);
  const each = (isSame ? known.slice(0, 1) : known).map((target) => optionsFor(factory, rest, target, path, checked));
  const resolved = isSame ? known.flatMap(() => each) : each;
  return {
    guide: {
      label,
      path,
      factory,
      via: place,
      weight: typeof weight === 'number' ? weight : 1,
      options: resolved.map(({ options }) => options),
    },
    problems: distinctProblems(resolved.flatMap(({ problems }) => problems)),
  };
}

/** Stands in for targets that cannot be read. */
const NO_TARGET: Target = { where: '/targets', fields: {} };

/** Returns the options of a guide for a target: with its fields and with defaults, checked by the schema and the guide. */
function optionsFor(
  factory: GuideFactory<unknown>,
  options: unknown,
  target: Target,
  path: string,
  checked: (options: unknown) => readonly Problem[],
): { options: unknown; problems: readonly Problem[] } {
  const taken = resolveFrom(options, target, path);
  if (taken.problems.length > 0) return { options: undefined, problems: taken.problems };
  const { value, problems } = check(factory.options, taken.value, path);
  const all = problems.length > 0 ? problems : checked(value).map((p) => ({ ...p, path: path + p.path }));
  const fromTarget = JSON.stringify(options) !== JSON.stringify(taken.value);
  return { options: value, problems: fromTarget ? all.map((p) => ({ ...p, message: `${p.message} (${target.where})` })) : all };
}
