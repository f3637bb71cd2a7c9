import { accepts } from '../automaton/index.js';
import { type ClauseTree, foldClauses, groupHolds } from '../config/index.js';
import type { PosteriorFactors, PosteriorGuide } from '../guide/contract.js';
import { isHard } from '../guide/factors.js';
import { oneHot } from '../guide/tilt.js';
import type { MadeGuide, RunGuides } from '../plan/make-guides.js';
import { type GuideResult } from '../run/sample-line.js';
import type { WeightController, WeightRecord } from '../sampler/adaptive-weight.js';
import type { Vocabulary } from '../text/types.js';

/** A finished text and what is known of it. */
export interface FinishedText {
  readonly target: number;
  /** The canvas, [L]. */
  readonly ids: Int32Array;
  /** Its row in the batch. */
  readonly row: number;
  /** Of the gradient clauses, by label, [B] nats. */
  readonly logProbs: Readonly<Record<string, Float32Array>>;
  /** Of each latent clause. */
  readonly controllers: readonly (WeightController | undefined)[];
  /** Of the guides that act by particles, by label. */
  readonly rewards: Readonly<Record<string, number>> | undefined;
}

/** The results of all clauses of a run for a text, by label. */
export function resultsOf(guides: RunGuides, text: FinishedText, vocabulary: Vocabulary): Record<string, GuideResult> {
  const results: Record<string, GuideResult> = {};
  for (const clause of guides.posterior) Object.assign(results, placed(clause.tree, posteriorResults(clause, text, vocabulary)));
  guides.latent.forEach((clause, i) => {
    const weight = text.controllers[i]?.record(text.row);
    const own = placed(clause.tree, latentResults(clause, text));
    Object.assign(results, weight ? { ...own, [clause.label]: { ...own[clause.label]!, weight: rounded(weight) } } : own);
  });
  for (const [label, reward] of Object.entries(text.rewards ?? {})) results[label] = { logProb: nats(reward) };
  return results;
}

/** The results with the group that each is a part of. */
function placed(tree: ClauseTree<MadeGuide>, results: Record<string, GuideResult>): Record<string, GuideResult> {
  const groupOf = new Map<string, string>();
  foldClauses<MadeGuide, string>(
    tree,
    ({ label }) => label,
    (members, { label }) => {
      members.forEach((member) => groupOf.set(member, label));
      return label;
    },
  );
  return Object.fromEntries(
    Object.entries(results).map(([label, result]) => {
      const inside = groupOf.get(label);
      return [label, inside === undefined ? result : { ...result, inside }];
    }),
  );
}

function posteriorResults(
  { tree }: RunGuides['posterior'][number],
  { target, ids }: FinishedText,
  vocabulary: Vocabulary,
): Record<string, GuideResult> {
  const results: Record<string, GuideResult> = {};
  foldClauses(
    tree,
    ({ label, guide, options }) => {
      const factors = (guide as PosteriorGuide<unknown>).factors(options[target]);
      results[label] = posteriorResult(factors, ids, vocabulary);
      return results[label].holds ?? true;
    },
    (members: readonly boolean[], { op, label }) => {
      const holds = groupHolds(op, members);
      results[label] = { logProb: holds ? 0 : null, holds };
      return holds;
    },
  );
  return results;
}

/** The log-factors of a text summed, with its reward; none where the guide's automaton rejects it; hard facts and automata hold or not. */
function posteriorResult(factors: PosteriorFactors, ids: Int32Array, { size, end }: Vocabulary): GuideResult {
  const { logUnary, automaton, reward } = factors;
  const stop = ids.indexOf(end);
  const accepted = !automaton || accepts(automaton, ids.subarray(1, stop < 0 ? undefined : stop));
  const worth = reward?.(oneHot(ids, size)).value ?? 0;
  const logProb = accepted ? ids.reduce((sum, id, i) => sum + (logUnary?.[i * size + id] ?? 0), worth) : -Infinity;
  return { logProb: nats(logProb), ...(isHard(factors) ? { holds: logProb === 0 } : {}) };
}

function latentResults({ tree }: RunGuides['latent'][number], { logProbs, row }: FinishedText): Record<string, GuideResult> {
  const labels = foldClauses<MadeGuide, readonly string[]>(
    tree,
    ({ label }) => [label],
    (inside, { label }) => [...inside.flat(), label],
  );
  const resultOf = (label: string): GuideResult => {
    const logProb = logProbs[label]?.[row];
    return logProb === undefined ? { logProb: null } : { logProb: nats(logProb), holds: logProb > Math.log(0.5) };
  };
  return Object.fromEntries(labels.map((label) => [label, resultOf(label)]));
}

/** A number as a JSON line holds it: four digits are more than two machines agree on; what is forbidden has no logarithm. */
export const nats = (value: number): number | null => (Number.isFinite(value) ? Number(value.toFixed(4)) : null);

const rounded = ({ first, mean, last }: WeightRecord): WeightRecord => ({
  first: Number(first.toFixed(3)),
  mean: Number(mean.toFixed(3)),
  last: Number(last.toFixed(3)),
});
