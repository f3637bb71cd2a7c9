import { inputError } from '../base/errors.js';
import { type Automaton, MAX_STATES } from './automaton.js';
import { determinise, type Excess } from './determinise.js';
import { thompson } from './nfa.js';
import type { TokenRegex } from './token-regex.js';

/**
 * Compiles a regular expression to the smallest automaton that accepts the same, by Thompson's construction, the subset construction over
 * classes of tokens, and minimisation.
 *
 * @throws InputError if it has too many states, or takes too much work before they are known
 */
export const compileExpression = (regex: TokenRegex, vocabularySize: number): Automaton =>
  determinise(thompson(regex), vocabularySize, (excess) => inputError('expression', REASONS[excess]));

const REASONS: Readonly<Record<Excess, string>> = {
  states: `makes an automaton of more than ${MAX_STATES} states; use smaller bounds or fewer parts`,
  work: 'repeats too many parts that can match the same words; use smaller bounds or fewer parts',
};
