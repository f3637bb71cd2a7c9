import { type Automaton, intersect, type Lattice, latticeOf, overSequences } from '../automaton/index.js';
import { leavesOf } from '../config/index.js';
import { addFactors, sequenceFactors } from '../guide/factors.js';
import type { OpenCheckpoint } from '../model/checkpoint/checkpoint.js';
import type { RunGuides } from './make-guides.js';
import { checkedReward, type FollowedReward } from './token-rewards.js';

/** The constraints of a text: the rules of every text, and the posterior guides of its target. */
export interface TextConstraint {
  /** Log-factors on the tokens, [L, V]. */
  readonly factors: Float32Array;
  /** The texts that the automata of the guides and the factors accept; absent if no guide gives an automaton. */
  readonly lattice?: Lattice;
  /** Rewards whose gradients weigh the tokens at each step. */
  readonly rewards: readonly FollowedReward[];
}

/**
 * Returns the constraint of a text.
 *
 * @param target index of its target; undefined for a text without one
 * @param more further log-factors of the text, [L, V], none of which forbids a token
 * @throws InputError if the intersection of the automata is too large
 */
export function textConstraint(
  posterior: RunGuides['posterior'],
  checkpoint: OpenCheckpoint,
  target: number | undefined,
  more?: Float32Array,
): TextConstraint {
  const { factors, automaton, rewards } = combineGuides(posterior, checkpoint, target);
  if (more) addFactors(factors, more, 1);
  return { factors, rewards, ...(automaton && { lattice: latticeOf(automaton, factors) }) };
}

/** Sums the log-factors of the guides, intersects their automata, and lists their rewards. @throws as textConstraint */
export function combineGuides(
  posterior: RunGuides['posterior'],
  { config, tokenizer: { vocabulary } }: OpenCheckpoint,
  target: number | undefined,
): { factors: Float32Array; automaton?: Automaton; rewards: readonly FollowedReward[] } {
  const factors = sequenceFactors(config.maxTokens, vocabulary);
  const rewards: FollowedReward[] = [];
  if (target === undefined) return { factors, rewards };
  const automata: Automaton[] = [];
  for (const { guide, options, weight, window, tree } of posterior) {
    const { logUnary, automaton, reward } = guide.factors(options[target]);
    if (logUnary) addFactors(factors, logUnary, weight);
    if (automaton) automata.push(automaton);
    if (reward) rewards.push({ reward: checkedReward(leavesOf(tree)[0]!, reward), weight, window });
  }
  return { factors, rewards, ...(automata.length > 0 && { automaton: overSequences(automata.reduce(intersect), vocabulary) }) };
}
