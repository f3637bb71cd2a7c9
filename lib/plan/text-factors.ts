import { type Automaton, intersect, type Lattice, latticeOf, overSequences } from '../automaton/index.js';
import { DiffusteerError } from '../base/errors.js';
import { leavesOf } from '../config/index.js';
import { isWithin } from '../diffusion/reverse-steps.js';
import type { GradientGuide, ModelInfo, TokenReward } from '../guide/contract.js';
import { addFactors, forbidLonger, sequenceFactors } from '../guide/factors.js';
import { slopeProblem } from '../guide/results.js';
import { oneHot, tilt } from '../guide/tilt.js';
import type { OpenCheckpoint } from '../model/checkpoint/checkpoint.js';
import type { Tilt } from '../sampler/index.js';
import { nameOf } from './guide-errors.js';
import type { LatentClause, RunGuides } from './make-guides.js';
import type { PlannedGuide } from './plan.js';

/** The constraints of a text: the rules of every text, and what the guides of its target forbid or weigh. */
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
 * @param guides its posterior guides, and the others that may bound its length
 * @param target index of its target; undefined for a text without one
 * @param more further log-factors of the text, [L, V], none of which forbids a token
 * @throws InputError if the intersection of the automata is too large
 */
export function textConstraint(
  guides: ConstrainingGuides,
  checkpoint: OpenCheckpoint,
  target: number | undefined,
  more?: Float32Array,
): TextConstraint {
  const { maxTokens } = checkpoint.config;
  const { vocabulary } = checkpoint.tokenizer;
  const { factors, automaton, rewards } = combineGuides(guides, { maxTokens, vocabulary }, target);
  if (more) addFactors(factors, more, 1);
  return { factors, rewards, ...(automaton && { lattice: latticeOf(automaton, factors) }) };
}

/** The guides that say which texts are allowed. */
export type ConstrainingGuides = Pick<RunGuides, 'posterior'> & Partial<Pick<RunGuides, 'latent'>>;

/** Sums the log-factors of the guides, intersects their automata, and lists their rewards. @throws as textConstraint */
export function combineGuides(
  { posterior, latent = [] }: ConstrainingGuides,
  { maxTokens, vocabulary }: Pick<ModelInfo, 'maxTokens' | 'vocabulary'>,
  target: number | undefined,
): { factors: Float32Array; automaton?: Automaton; rewards: readonly FollowedReward[] } {
  const factors = sequenceFactors(maxTokens, vocabulary);
  const rewards: FollowedReward[] = [];
  if (target === undefined) return { factors, rewards };
  const automata: Automaton[] = [];
  for (const { guide, options, weight, window, tree } of posterior) {
    const { logUnary, automaton, reward } = guide.factors(options[target]);
    if (logUnary) addFactors(factors, logUnary, weight);
    if (automaton) automata.push(automaton);
    if (reward) rewards.push({ reward: checkedReward(leavesOf(tree)[0]!, reward), weight, window });
  }
  for (const { guide, options } of boundingGuides({ latent })) {
    const words = guide.mostWords(options[target]);
    if (words !== undefined) forbidLonger(factors, words, vocabulary);
  }
  return { factors, rewards, ...(automata.length > 0 && { automaton: overSequences(automata.reduce(intersect), vocabulary) }) };
}

type Bounding = LatentClause & { readonly guide: Required<Pick<GradientGuide<unknown>, 'mostWords'>> };

/** Returns the latent guides that bound the length of texts. */
export const boundingGuides = ({ latent }: Pick<RunGuides, 'latent'>): Bounding[] =>
  latent.filter((clause): clause is Bounding => clause.guide.via !== 'project' && clause.guide.mostWords !== undefined);

/** A reward over token probabilities, as a run follows it. */
export interface FollowedReward {
  readonly reward: TokenReward;
  readonly weight: number;
  /** Shares of the reverse steps between which it acts. */
  readonly window: readonly [number, number];
}

/** Returns the reward of a guide with its slopes checked. @throws DiffusteerError that names the guide if it gives no slope */
function checkedReward(guide: Pick<PlannedGuide, 'label' | 'factory'>, reward: TokenReward): TokenReward {
  return (probs) => {
    const found: unknown = reward(probs);
    const problem = slopeProblem(found, probs.length);
    if (problem !== undefined) throw new DiffusteerError(`${nameOf(guide)}: reward must return ${problem}`);
    return found as ReturnType<TokenReward>;
  };
}

/**
 * Returns a function that tilts the token probabilities of a step by rewards: p e^(sum of weight dR/dp), all gradients taken at p; undefined if there are no rewards.
 *
 * @param size V
 */
export function tiltOf(rewards: readonly FollowedReward[], size: number): Tilt | undefined {
  if (rewards.length === 0) return undefined;
  return (probs, share) => {
    const logFactors = new Float32Array(probs.length);
    for (const { reward, weight, window } of rewards) {
      if (!isWithin(share, window)) continue;
      const { gradient } = reward(probs);
      for (let at = 0; at < gradient.length; at++) logFactors[at]! += weight * gradient[at]!;
    }
    tilt(probs, logFactors, size);
  };
}

/** Returns the sum of rewards, each times its weight, of a finished text. @param ids [L] */
export const worthOf = (rewards: readonly FollowedReward[], ids: Int32Array, size: number): number =>
  rewards.reduce((sum, { reward, weight }) => sum + weight * reward(oneHot(ids, size)).value, 0);
