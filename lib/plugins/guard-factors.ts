import type { Automaton } from '../automaton/index.js';
import type { ModelInfo, PosteriorFactors } from '../guide/contract.js';
import { shown } from './exports.js';

/** What keeps a value from being the factors of a posterior guide, as the rest of "must ...". */
export function factorsProblem(found: unknown, { maxTokens, vocabulary }: ModelInfo): string | undefined {
  const { logUnary, automaton, reward } = (found ?? {}) as PosteriorFactors;
  if (logUnary === undefined && automaton === undefined && reward === undefined)
    return `return { logUnary }, { automaton } or { reward }, got ${shown(found)}`;
  if (reward !== undefined && typeof reward !== 'function')
    return `return a reward that is a function of token probabilities, got ${shown(reward)}`;
  if (automaton !== undefined && !isAutomaton(automaton, vocabulary.size))
    return `return an automaton over the ${vocabulary.size} tokens of the model: a class each, a state or -1 for each state and class`;
  return logUnary === undefined ? undefined : logUnaryProblem(logUnary, maxTokens, vocabulary);
}

function logUnaryProblem(
  values: unknown,
  maxTokens: number,
  { size, start, tokens }: ModelInfo['vocabulary'],
): string | undefined {
  const sizes = `[L, V] = [${maxTokens}, ${size}]`;
  if (!(values instanceof Float32Array)) return `return log-factors ${sizes} in a Float32Array, got ${shown(values)}`;
  if (values.length !== maxTokens * size) return `return log-factors ${sizes}, ${maxTokens * size} numbers, got ${values.length}`;
  const wrong = values.findIndex((value) => !(value <= 0)); // NaN is neither
  if (wrong >= 0) {
    const place = Math.floor(wrong / size);
    return `return log-factors of at most 0 nats, -Infinity where a token is impossible, got ${values[wrong]} for "${tokens[wrong % size]}" at place ${place}`;
  }
  return values[start] === -Infinity ? 'leave START at place 0, where every text begins' : undefined;
}

/** Whether the tables of an automaton have the sizes that they state, over a vocabulary of V tokens. */
function isAutomaton(automaton: Automaton, vocabularySize: number): boolean {
  const { classOf, classes, states, next, start, accepting } = (automaton as Automaton | null) ?? ({} as Automaton);
  const below = (limit: number) => (value: number) => Number.isInteger(value) && value >= 0 && value < limit;
  const isState = below(states);
  return (
    classOf instanceof Int32Array &&
    next instanceof Int32Array &&
    accepting instanceof Uint8Array &&
    classOf.length === vocabularySize &&
    next.length === states * classes &&
    accepting.length === states &&
    isState(start) &&
    classOf.every(below(classes)) &&
    next.every((to) => to === -1 || isState(to))
  );
}
