import { clauseLabel } from '../base/clause-label.js';
import type { Problem } from '../base/errors.js';
import type { AllClause, Clause, ClauseGroup, ClauseTree, GuideClause, Weight } from '../config/index.js';
import { leavesOf } from '../config/index.js';
import { actsByGradient } from '../guide/acts-by-gradient.js';
import type { Via } from '../guide/contract.js';
import { type Registry, unknownGuide } from '../guide/registry.js';
import type { AdaptiveOptions } from '../sampler/index.js';

type Window = readonly [number, number];

/** A guide clause as the config has it. */
export interface PlacedGuide {
  /** Its name, with a number if a run has several of it: `infill`, `infill#2`. */
  readonly label: string;
  readonly path: string;
  readonly clause: GuideClause;
}

/** A clause that acts by itself: a guide, or an outermost `any` or `not`. */
export interface PlacedClause {
  readonly path: string;
  readonly clause: Clause;
  readonly tree: ClauseTree<PlacedGuide>;
  /** Its own weight; those of the `all` lists around it multiply it. */
  readonly weight: Weight;
  readonly factor: number;
  /** Its own and those of the `all` lists around it. */
  readonly windows: readonly Window[];
}

interface Around {
  readonly factor: number;
  readonly windows: readonly Window[];
}

/** Returns the clauses that act by themselves. `all` lists outside of `any` and `not` are flattened, since all their members must hold anyway. */
export function placeClauses(clauses: readonly Clause[], path: string): PlacedClause[] {
  const labelOf = labeller();
  const placed = (clause: Clause, at: string, around: Around): PlacedClause[] => {
    const windows = [...around.windows, ...(clause.window === undefined ? [] : [clause.window])];
    if (isAll(clause)) {
      const inside = { factor: around.factor * (clause.weight ?? 1), windows };
      return clause.all.flatMap((member, i) => placed(member, `${at}/all/${i}`, inside));
    }
    const tree = treeOf(clause, at, labelOf);
    return [{ path: at, clause, tree, weight: clause.weight ?? 1, factor: around.factor, windows }];
  };
  return clauses.flatMap((clause, i) => placed(clause, `${path}/${i}`, { factor: 1, windows: [] }));
}

/** Refuses guides that the registry lacks. */
export function unknownGuides(placed: readonly PlacedClause[], registry: Registry): Problem[] {
  const unknown = placed.flatMap(({ tree }) => leavesOf(tree)).filter(({ clause }) => !registry.has(clause.guide));
  return unknown.map(({ path, clause }) => ({ path: `${path}/guide`, message: unknownGuide(clause.guide, registry) }));
}

function treeOf(clause: Clause, path: string, labelOf: (name: string) => string): ClauseTree<PlacedGuide> {
  const { op, members } = partsOf(clause, path);
  if (op === undefined) {
    const own = clause as GuideClause;
    return { leaf: { label: labelOf(own.guide), path, clause: own } };
  }
  const weight = typeof clause.weight === 'number' ? clause.weight : 1;
  return { op, label: labelOf(op), path, weight, members: members.map(([member, at]) => treeOf(member, at, labelOf)) };
}

/** Returns whether a clause is a list: a guide may have options named `all` and `any`. */
const isAll = (clause: Clause): clause is AllClause => !('guide' in clause) && 'all' in clause;

function partsOf(
  clause: Clause,
  path: string,
): { op?: ClauseGroup<unknown>['op']; members: readonly (readonly [clause: Clause, path: string])[] } {
  const list = (op: 'all' | 'any', of: Clause[]) => ({
    op,
    members: of.map((member, i) => [member, `${path}/${op}/${i}`] as const),
  });
  if ('guide' in clause) return { members: [] };
  if (isAll(clause)) return list('all', clause.all);
  if ('any' in clause) return list('any', clause.any);
  return { op: 'not', members: [[clause.not, `${path}/not`]] };
}

/** Returns a function that labels names: the same name twice gets a number, since results are reported by label. */
function labeller(): (name: string) => string {
  const seen = new Map<string, number>();
  return (name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return clauseLabel(name, count);
  };
}

/** How strongly and when a clause acts. */
export interface Strength {
  readonly weight: number;
  /** Set if the weight adapts itself, starting at 1. */
  readonly auto?: AdaptiveOptions;
  readonly window: Window;
}

/** The default target and bounds of an adaptive weight. */
const AUTO: AdaptiveOptions = { logProb: -2, min: 0.1, max: 3 };

/** Returns the strength of a clause, and the problems of what the config says about it. */
export function strengthOf({ path, weight, factor, windows }: PlacedClause, via: Via): Strength & { problems: Problem[] } {
  const isGradient = actsByGradient(via);
  const stated = windows.length > 0 ? windows : [isGradient ? ([0, 0.95] as const) : ([0, 1] as const)];
  const window = [Math.max(...stated.map(([from]) => from)), Math.min(...stated.map(([, to]) => to))] as const;
  const problems: Problem[] = [];
  if (window[0] >= window[1] && windows.length > 1)
    problems.push({ path: `${path}/window`, message: `has no step in common with the windows of the \`all\` lists around it` });
  if (typeof weight === 'number') return { weight: weight * factor, window, problems };

  const auto = weight === 'auto' ? AUTO : { ...AUTO, ...weight.auto };
  const at = `${path}/weight`;
  if (!isGradient)
    problems.push({ path: at, message: `"auto" follows a log-probability of a gradient place; this acts by ${via}` });
  if (factor !== 1)
    problems.push({ path: at, message: '"auto" finds its own size; leave out the weights of the `all` lists around it' });
  if (auto.min > auto.max) problems.push({ path: at, message: `expected min at most max, got ${auto.min} and ${auto.max}` });
  return { weight: 1, auto, window, problems };
}

/** Returns the problems of the members of an `any` or a `not`: they must share one `via` that gives a probability, and have no windows of their own. */
export function groupProblems({ path, tree, clause }: PlacedClause, placeOf: ReadonlyMap<PlacedGuide, Via>): Problem[] {
  if ('leaf' in tree) return [];
  const placed = leavesOf(tree).map((leaf) => ({ leaf, via: placeOf.get(leaf) }));
  const places = new Set(placed.flatMap(({ via }) => (via === undefined ? [] : [via])));
  const problems: Problem[] = placed
    .filter(({ via }) => via === 'project' || via === 'particles')
    .map(({ leaf, via }) => ({
      path: `${leaf.path}/via`,
      message: `\`${via}\` has no probability that \`${tree.op}\` could ask for; act by another place, or take the clause out`,
    }));
  if (places.size > 1) {
    const names = placed.map(({ leaf, via }) => `${leaf.label} by ${via} (${leaf.path})`).join(', ');
    problems.push({ path, message: `the guides inside act at several places: ${names}; give them all the same \`via\`` });
  }
  return [...problems, ...innerProblems(clause, path)];
}

/** Returns what is wrong with the members of an `any` or a `not`, which acts as one: they have neither windows nor adaptive weights. */
function innerProblems(clause: Clause, path: string): Problem[] {
  return partsOf(clause, path).members.flatMap(([member, at]) => [
    ...(member.window === undefined ? [] : [{ path: `${at}/window`, message: outermost('a window') }]),
    ...(typeof (member.weight ?? 1) === 'number' ? [] : [{ path: `${at}/weight`, message: outermost('"auto"') }]),
    ...innerProblems(member, at),
  ]);
}

const outermost = (what: string): string =>
  `clauses inside \`any\` and \`not\` act together; give ${what} to the outermost of them`;
