import { accepts } from '../automaton/index.js';
import { type Key, seedOf } from '../base/random.js';
import { type ClauseTree, foldClauses, groupHolds } from '../config/index.js';
import type { PosteriorFactors, PosteriorGuide } from '../guide/contract.js';
import { isHard } from '../guide/factors.js';
import { oneHot } from '../guide/tilt.js';
import type { MadeGuide, RunGuides } from '../plan/make-guides.js';
import type { Plan } from '../plan/plan.js';
import { type GuideResult, type SampleLine, textId } from '../run/sample-line.js';
import type { AdaptiveWeight, WeightRecord } from '../sampler/index.js';
import type { Vocabulary } from '../text/types.js';
import type { RowText } from './row-texts.js';

/** A finished text and what the guides said about it. */
export interface FinishedText {
  readonly target: number;
  /** The whole sequence, START, END and PAD included, [L]. */
  readonly ids: Int32Array;
  /** Its row in the batch. */
  readonly row: number;
  /** Log-probabilities of the gradient clauses, by label, [B] nats. */
  readonly logProbs: Readonly<Record<string, Float32Array>>;
  /** The adaptive weights of each latent clause that has them. */
  readonly weights?: readonly (AdaptiveWeight | undefined)[];
  /** Rewards of the guides that act by particles, by label, nats. */
  readonly rewards?: Readonly<Record<string, number>> | undefined;
}

/** The parts of a line of samples.jsonl other than the words. */
export interface LineFacts extends Pick<SampleLine, 'guides' | 'particles' | 'chosen' | 'edit'> {
  readonly key: Key;
}

/** Returns the line of a text in samples.jsonl. */
export function sampleLine(
  { targets }: Plan,
  { target, sample }: Plan['items'][number],
  { tokens, text, truncated }: Pick<RowText, 'tokens' | 'text' | 'truncated'>,
  { key, ...facts }: LineFacts,
): SampleLine {
  const { fields } = targets[target]!;
  const cut = truncated ? { truncated: true as const } : {};
  return { id: textId(target, sample), target: fields, sample, tokens, text, ...facts, ...cut, seed: seedOf(key) };
}

/** Returns the results of all clauses of a run for a text, by label. */
export function resultsOf(guides: RunGuides, text: FinishedText, vocabulary: Vocabulary): Record<string, GuideResult> {
  const results: Record<string, GuideResult> = {};
  for (const clause of guides.posterior) Object.assign(results, grouped(clause.tree, posteriorResults(clause, text, vocabulary)));
  guides.latent.forEach((clause, i) => {
    const weight = text.weights?.[i]?.record(text.row);
    const own = grouped(clause.tree, latentResults(clause, text));
    Object.assign(results, weight ? { ...own, [clause.label]: { ...own[clause.label]!, weight: rounded(weight) } } : own);
  });
  for (const [label, reward] of Object.entries(text.rewards ?? {})) results[label] = { logProb: nats(reward) };
  return results;
}

/** Returns results with the group that each belongs to. */
function grouped(tree: ClauseTree<MadeGuide>, results: Record<string, GuideResult>): Record<string, GuideResult> {
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
      const result = posteriorResult(factors, ids, vocabulary);
      const lines = result.holds && (guide as PosteriorGuide<unknown>).lines?.(options[target], wordsOf(ids, vocabulary));
      results[label] = lines && lines.length > 0 ? { ...result, lines } : result;
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

/** Returns the words between START and END. */
function wordsOf(ids: Int32Array, { tokens, end, pad }: Vocabulary): string[] {
  const stop = ids.findIndex((id, i) => i > 0 && (id === end || id === pad));
  return Array.from(ids.subarray(1, stop < 0 ? undefined : stop), (id) => tokens[id]!);
}

/**
 * Returns the sum of a text's log-factors and its reward; null if the guide's automaton rejects the text. Hard facts and automata also say
 * whether they hold.
 */
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

/** Rounds nats for a JSON line, to more digits than two machines agree on. Returns null for -Infinity, which JSON cannot hold. */
export const nats = (value: number): number | null => (Number.isFinite(value) ? Number(value.toFixed(4)) : null);

const rounded = ({ first, mean, last }: WeightRecord): WeightRecord => ({
  first: Number(first.toFixed(3)),
  mean: Number(mean.toFixed(3)),
  last: Number(last.toFixed(3)),
});
