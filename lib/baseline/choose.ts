import { refuseBrokenLogProbs } from '../plan/guide-errors.js';
import { textConstraint, type TextConstraint, worthOf } from '../plan/text-factors.js';
import { type GuideResult } from '../run/sample-line.js';
import type { ShardContext } from '../shard/index.js';
import { guideInputs, resultsOf, rewardsOf } from '../shard/index.js';
import { fromTokenIds } from '../text/token-ids.js';
import { fitOf } from './fit.js';

/** The parts of a shard's context that score finished texts. */
export type ScoringTools = Pick<ShardContext, 'config' | 'checkpoint' | 'guides' | 'scorer'>;

/** The candidates of one text. */
export interface Candidates {
  readonly target: number;
  /** Token ids, [L] each. */
  readonly sequences: readonly Int32Array[];
}

export interface ChosenText {
  /** Token ids, [L]. */
  readonly ids: Int32Array;
  /** The score that it was chosen by, nats. */
  readonly score: number;
  readonly guides: Record<string, GuideResult>;
}

/**
 * Chooses the best candidate of each text by the guides, the first among equals. The score is the sum of the posterior guides' fit, the
 * log-probabilities of the gradient guides at time 0, and the rewards. No judge takes part.
 */
export async function chooseBest(tools: ScoringTools, texts: readonly Candidates[]): Promise<ChosenText[]> {
  const { guides, checkpoint } = tools;
  const { vocabulary } = checkpoint.tokenizer;
  const all = texts.flatMap(({ target, sequences }) => sequences.map((ids) => ({ target, ids })));
  const logProbs = await latentLogProbs(tools, all);
  const rewards = await rewardsFor(tools, all);
  const constraintOf = constraints(tools);
  const scores = all.map(({ target, ids }, row) => {
    const latent = guides.latent.reduce((sum, { label }) => sum + (logProbs[label]?.[row] ?? 0), 0);
    const constraint = constraintOf(target);
    return fitOf(ids, constraint) + worthOf(constraint.rewards, ids, vocabulary.size) + latent + rewards.total[row]!;
  });
  let first = 0;
  return texts.map(({ target, sequences }) => {
    const own = scores.slice(first, first + sequences.length);
    const score = Math.max(...own);
    const row = first + own.indexOf(score);
    first += sequences.length;
    const { ids } = all[row]!;
    const ofGuides = Object.fromEntries(Object.entries(rewards.each).map(([label, values]) => [label, values[row]!]));
    return {
      ids,
      score,
      guides: resultsOf(guides, { target, ids, row, logProbs, rewards: ofGuides }, vocabulary),
    };
  });
}

interface Finished {
  readonly target: number;
  readonly ids: Int32Array;
}

/** Returns the log-probabilities of the gradient guides by label, one per text, nats. */
async function latentLogProbs(
  { config, guides, scorer }: ScoringTools,
  texts: readonly Finished[],
): Promise<Record<string, Float32Array>> {
  const rows = config.batchSize; // one compiled program scores all texts
  const found: Record<string, Float32Array> = {};
  if (guides.latent.length === 0) return found;
  for (let from = 0; from < texts.length; from += rows) {
    const part = texts.slice(from, from + rows);
    const row = (i: number) => part[i] ?? part[0]!;
    const targets = Array.from({ length: rows }, (_, i) => part[i]?.target);
    const scores = await scorer.score(
      targets.map((_, i) => row(i).ids),
      guideInputs(guides, targets),
    );
    for (const [label, values] of Object.entries(scores))
      (found[label] ??= new Float32Array(texts.length)).set(values.subarray(0, part.length), from);
  }
  refuseBrokenLogProbs(found, guides.latent);
  return found;
}

function rewardsFor({ guides, checkpoint: { tokenizer } }: ScoringTools, texts: readonly Finished[]) {
  const readable = texts.map(({ ids }) => {
    const { tokens } = fromTokenIds(ids, tokenizer.vocabulary);
    return { tokens, text: tokenizer.detokenize(tokens) };
  });
  const targets = texts.map(({ target }) => target);
  return rewardsOf(guides.particles, readable, targets);
}

/** Returns the constraint of a target, computed once for all its texts. */
function constraints({ guides, checkpoint }: ScoringTools): (target: number) => TextConstraint {
  const known = new Map<number, TextConstraint>();
  return (target) => {
    if (!known.has(target)) known.set(target, textConstraint({ posterior: guides.posterior }, checkpoint, target));
    return known.get(target)!;
  };
}
