import {
  type Automaton,
  emptiness,
  type Emptiness,
  intersect,
  type Lattice,
  latticeOf,
  overSequences,
} from '../automaton/index.js';
import { InputError, type Problem } from '../base/errors.js';
import { leavesOf } from '../config/index.js';
import { ContractBreach } from '../guide/breach.js';
import { addFactors, canvasFactors, emptyPosition } from '../guide/factors.js';
import type { Checkpoint } from '../model/checkpoint/checkpoint.js';
import type { Vocabulary } from '../text/types.js';
import type { RunGuides } from './make-guides.js';
import type { Plan } from './plan.js';
import { checkedReward, type FollowedReward } from './token-rewards.js';

/** What holds of a text: what every text obeys, and all posterior guides of its target. */
export interface TextConstraint {
  /** Log-factors on the tokens, [L, V]. */
  readonly factors: Float32Array;
  /** Where automata say which texts are accepted: those that the factors leave. */
  readonly lattice?: Lattice;
  /** Whose gradients weigh the tokens of each step. */
  readonly rewards: readonly FollowedReward[];
}

/**
 * The constraint of a text without a target, or with one. Errors: an InputError where the automata together are too large.
 *
 * @param more further log-factors of the text, [L, V], none of which forbids a token
 */
export function textConstraint(
  posterior: RunGuides['posterior'],
  checkpoint: Checkpoint,
  target: number | undefined,
  more?: Float32Array,
): TextConstraint {
  const { factors, automaton, rewards } = combined(posterior, checkpoint, target);
  if (more) addFactors(factors, more, 1);
  return { factors, rewards, ...(automaton && { lattice: latticeOf(automaton, factors) }) };
}

/** The sum of the log-factors, the product of the automata, over whole canvases, and the rewards. */
function combined(
  posterior: RunGuides['posterior'],
  { config, tokenizer: { vocabulary } }: Checkpoint,
  target: number | undefined,
): { factors: Float32Array; automaton?: Automaton; rewards: readonly FollowedReward[] } {
  const factors = canvasFactors(config.maxTokens, vocabulary);
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

/** The targets whose guides leave no text: they contradict each other, or one of them asks for what the canvas cannot hold. */
export function contradictions({ targets }: Plan, posterior: RunGuides['posterior'], checkpoint: Checkpoint): Problem[] {
  if (posterior.length === 0) return [];
  const names = posterior.map(({ label }) => label).join(' and ');
  const verb = (one: string, several: string) => (posterior.length === 1 ? one : several);
  return targets.flatMap(({ where }, target) => {
    const reason = contradictionOf(posterior, checkpoint, target, verb);
    if (reason === undefined) return [];
    const advice = posterior.length === 1 ? 'change its options' : 'loosen one of them';
    return [{ path: '/guidance', message: `${names} ${reason} (${where}); ${advice} for this target` }];
  });
}

type Verb = (one: string, several: string) => string;

function contradictionOf(
  posterior: RunGuides['posterior'],
  checkpoint: Checkpoint,
  target: number,
  verb: Verb,
): string | undefined {
  const { maxTokens, vocabularySize } = checkpoint.config;
  try {
    const { factors, automaton } = combined(posterior, checkpoint, target);
    const empty = emptyPosition(factors, vocabularySize);
    if (empty !== undefined) return `${verb('leaves', 'leave')} no word at place ${empty} of a text`;
    const reason = automaton && emptiness(automaton, factors);
    return reason && wording(reason, maxTokens, checkpoint.tokenizer.vocabulary, verb);
  } catch (error) {
    if (error instanceof InputError && !(error instanceof ContractBreach)) return `cannot be used: ${error.message}`;
    throw error;
  }
}

const MOST_WANTED = 5;

function wording(reason: Emptiness, maxTokens: number, { tokens }: Vocabulary, verb: Verb): string {
  switch (reason.kind) {
    case 'none':
      return verb('accepts no text', 'accept no text in common');
    case 'too-long':
      return `${verb('accepts', 'accept')} no text that fits: the shortest has ${reason.shortest} words, the canvas holds ${maxTokens - 2}`;
    case 'stuck': {
      const names = reason.wanted.slice(0, MOST_WANTED).map((id) => `"${tokens[id]}"`);
      const more = reason.wanted.length > MOST_WANTED ? ` or ${reason.wanted.length - MOST_WANTED} others` : '';
      return `${verb('accepts', 'accept')} no text: at place ${reason.place} it would have to go on with ${names.join(' or ')}${more}, which is forbidden there`;
    }
  }
}
