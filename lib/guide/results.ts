import type { Tensor } from '@tensorflow/tfjs-core';
import type { Automaton } from '../automaton/index.js';
import type { DType, HostTensors } from '../engine/types.js';
import { valueText } from './breach.js';
import type { ModelInfo, PosteriorFactors, RewardSlope } from './contract.js';

// What is wrong with the results of a guide's functions, as the rest of "must return ...", or undefined.

/** Checks a list of problems of options. */
export const problemListProblem = (found: unknown): string | undefined =>
  Array.isArray(found) && found.every(isProblem)
    ? undefined
    : `a list of { path, message }, empty if there is no problem, got ${valueText(found)}`;

function isProblem(one: unknown): boolean {
  const { path, message } = (one ?? {}) as Readonly<Record<string, unknown>>;
  return typeof path === 'string' && typeof message === 'string';
}

/** Checks a tensor of a known shape. */
export function shapeProblem(found: unknown, shape: readonly number[], what: string): string | undefined {
  if (!isTensor(found)) return `${what}: expected a tensor of shape [${shape}], got ${valueText(found)}`;
  return `${found.shape}` === `${shape}` ? undefined : `${what}: expected shape [${shape}], got [${found.shape}]`;
}

const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'dataId' in value && 'shape' in value;

/** Checks named tensors { dtype, shape, data }. @param rows the size of their first axis, or undefined for any shape */
export function inputProblem(found: unknown, rows: number | undefined): string | undefined {
  const problems = tensorProblems(found, rows);
  const what = rows === undefined ? 'tensors' : 'tensors whose first axis is the row';
  return problems.length === 0 ? undefined : `${what}: ${problems.join('; ')}`;
}

/**
 * Makes the check of the inputs of a graph, batch by batch. The graph is recorded for those of the first batch, so all batches must have
 * the same but for the rows.
 */
export function sameInputs(): (found: unknown, rows: readonly unknown[], length?: number) => string | undefined {
  const ofLength = new Map<number | undefined, string>();
  return (found, rows, length) => {
    const problem = inputProblem(found, rows.length);
    if (problem !== undefined) return problem;
    const signature = inputSignature(found as HostTensors);
    const first = ofLength.get(length) ?? signature;
    ofLength.set(length, first);
    return signature === first
      ? undefined
      : `tensors of the same names, types and shapes for every batch, first ${first}, now ${signature}`;
  };
}

/** Names, types and shapes of inputs without their rows: "tags int32 [48], on float32 []". */
function inputSignature(inputs: HostTensors): string {
  const each = Object.entries(inputs).map(([name, { dtype, shape }]) => `${name} ${dtype} [${shape.slice(1)}]`);
  return each.length === 0 ? 'none' : each.sort().join(', ');
}

const ARRAYS: Readonly<Record<DType, new (size: number) => object>> = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
};

function tensorProblems(found: unknown, rows: number | undefined): string[] {
  if (typeof found !== 'object' || found === null) return [`expected tensors by name, got ${valueText(found)}`];
  return Object.entries(found).flatMap(([name, tensor]) => {
    const problem = tensorProblem(tensor, rows);
    return problem === undefined ? [] : [`"${name}": ${problem}`];
  });
}

function tensorProblem(tensor: unknown, rows: number | undefined): string | undefined {
  if (typeof tensor !== 'object' || tensor === null) return `expected { dtype, shape, data }, got ${valueText(tensor)}`;
  const { dtype, shape, data } = tensor as Readonly<Record<string, unknown>>;
  if (typeof dtype !== 'string' || !(dtype in ARRAYS))
    return `expected the dtype float32, int32 or bool, got ${valueText(dtype)}`;
  if (!isWholeNumbers(shape)) return `expected a shape of whole numbers, got ${valueText(shape)}`;
  if (rows !== undefined && shape[0] !== rows) return `expected ${rows} rows first, got shape [${shape}]`;
  const wanted = ARRAYS[dtype as DType];
  if (!(data instanceof wanted)) return `expected the data of ${dtype} in a ${wanted.name}`;
  const size = shape.reduce((a, b) => a * b, 1);
  const { length } = data as unknown as ArrayLike<number>;
  if (length !== size) return `expected ${size} numbers for shape [${shape}], got ${length}`;
  return dtype === 'float32' && (data as Float32Array).some(Number.isNaN) ? 'expected numbers, got NaN' : undefined;
}

/** Returns whether a value is a list of whole numbers from 0. */
export const isWholeNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((size) => Number.isInteger(size) && (size as number) >= 0);

/** Checks the rewards of texts, in nats. */
export const rewardsProblem = (found: unknown, count: number): string | undefined =>
  Array.isArray(found) && found.length === count && found.every((value) => natsProblem(value) === undefined)
    ? undefined
    : `a number for each of ${count} texts, nats, got ${valueText(found)}`;

/** Checks a reward in nats; -Infinity rules a text out. */
export const natsProblem = (value: unknown): string | undefined =>
  typeof value !== 'number' || Number.isNaN(value) || value === Infinity
    ? `a value in nats, a number below Infinity, got ${String(value)}`
    : undefined;

/** Checks the value and gradient of a TokenReward. @param size L V */
export function slopeProblem(found: unknown, size: number): string | undefined {
  const { value, gradient } = (found ?? {}) as Partial<Record<keyof RewardSlope, unknown>>;
  const problem = natsProblem(value);
  if (problem !== undefined) return problem;
  if (!(gradient instanceof Float32Array)) return `a gradient [L, V] in a Float32Array, got ${typeof gradient}`;
  if (gradient.length !== size) return `a gradient [L, V], ${size} numbers, got ${gradient.length}`;
  for (let at = 0; at < size; at++)
    if (!Number.isFinite(gradient[at])) return `a gradient of finite numbers, got ${gradient[at]} at ${at}`;
  return undefined;
}

/** Checks the factors of a posterior guide. */
export function factorsProblem(found: unknown, { maxTokens, vocabulary }: ModelInfo): string | undefined {
  const { logUnary, automaton, reward } = (found ?? {}) as PosteriorFactors;
  if (logUnary === undefined && automaton === undefined && reward === undefined)
    return `{ logUnary }, { automaton } or { reward }, got ${valueText(found)}`;
  if (reward !== undefined && typeof reward !== 'function')
    return `a reward that is a function of token probabilities, got ${valueText(reward)}`;
  if (automaton !== undefined && !isAutomaton(automaton, vocabulary.size))
    return `an automaton over the ${vocabulary.size} tokens of the model: a class for each token, a state or -1 for each state and class`;
  return logUnary === undefined ? undefined : logUnaryProblem(logUnary, maxTokens, vocabulary);
}

function logUnaryProblem(
  values: unknown,
  maxTokens: number,
  { size, start, tokens }: ModelInfo['vocabulary'],
): string | undefined {
  const sizes = `[L, V] = [${maxTokens}, ${size}]`;
  if (!(values instanceof Float32Array)) return `log-factors ${sizes} in a Float32Array, got ${valueText(values)}`;
  if (values.length !== maxTokens * size) return `log-factors ${sizes}, ${maxTokens * size} numbers, got ${values.length}`;
  const wrong = values.findIndex((value) => !(value <= 0)); // also true of NaN
  if (wrong >= 0) {
    const position = Math.floor(wrong / size);
    return `log-factors of at most 0 nats, -Infinity if a token is impossible, got ${values[wrong]} for "${tokens[wrong % size]}" at position ${position}`;
  }
  return values[start] === -Infinity ? 'log-factors that allow START at position 0, where every text begins' : undefined;
}

/** Returns whether the tables of an automaton have the sizes that they state, over a vocabulary of V tokens. */
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
