import { InputError, messageOf } from '../../lib/base/errors.js';
import { lineIn } from '../../lib/guide/breach.js';
import type { RewardSlope, TokenReward } from '../../lib/guide/contract.js';
import { natsProblem } from '../../lib/guide/results.js';
import type { Vocabulary } from '../../lib/text/types.js';
import { loadExport } from './reward-module.js';

/**
 * A differentiable reward that a file exports: the value of a text under the probabilities of its words, in nats, and d value / d probs.
 *
 * @param probs for each position of a text the probability of each word; the rest up to 1 is the probability that the text has ended
 * @param words the words of the model, which are the columns of `probs`
 * @param argument from the config
 */
export type ExpectedReward = (probs: readonly Float32Array[], words: readonly string[], argument: unknown) => ExpectedRewardValue;

export interface ExpectedRewardValue {
  readonly value: number;
  /** With the rows and columns of `probs`. */
  readonly gradient: readonly ArrayLike<number>[];
}

/** Loads the function. @throws InputError naming the file and what it exports instead */
export const loadExpectedReward = async (file: string, name: string): Promise<ExpectedReward> =>
  (await loadExport(file, name, '(probs, words, argument) => ({ value, gradient })')) as ExpectedReward;

/**
 * Returns the same reward over the tokens of a sequence, where START, END, PAD and UNK have no value.
 *
 * @throws InputError on a call, naming the file and what the function did wrong
 */
export function sequenceReward(
  reward: ExpectedReward,
  { file, name, argument }: { readonly file: string; readonly name: string; readonly argument: unknown },
  { size, tokens, start, end, pad, unk }: Vocabulary,
): TokenReward {
  const ids = Int32Array.from(tokens.keys()).filter((id) => ![start, end, pad, unk].includes(id));
  const words = Array.from(ids, (id) => tokens[id]!);
  const breach = (message: string) => new InputError(file, [{ path: name, message }]);
  return (probs) => {
    const rows = gathered(probs, ids, size);
    let found: unknown;
    try {
      found = reward(rows, words, argument);
    } catch (error) {
      throw breach(`threw${lineIn(file, error)}: ${messageOf(error)}`);
    }
    const problem = problemOf(found, rows.length, words);
    if (problem !== undefined) throw breach(`must return ${problem}`);
    const { value, gradient } = found as ExpectedRewardValue;
    return { value, gradient: spread(gradient, ids, probs.length, size) };
  };
}

/** Returns the columns `ids` of [L, V], one row per position after START. Plain loops, since this runs for every text at every step. */
function gathered(probs: Float32Array, ids: Int32Array, size: number): Float32Array[] {
  return Array.from({ length: probs.length / size - 1 }, (_, i) => {
    const row = new Float32Array(ids.length);
    for (let column = 0; column < ids.length; column++) row[column] = probs[(i + 1) * size + ids[column]!]!;
    return row;
  });
}

/** Reverses `gathered`: returns `count` numbers, [L, V]. */
function spread(rows: ExpectedRewardValue['gradient'], ids: Int32Array, count: number, size: number): RewardSlope['gradient'] {
  const gradient = new Float32Array(count);
  rows.forEach((row, i) => {
    for (let column = 0; column < ids.length; column++) gradient[(i + 1) * size + ids[column]!] = row[column]!;
  });
  return gradient;
}

/** Returns what is wrong with the result of the function, as the rest of "must return ...", or undefined. */
function problemOf(found: unknown, positions: number, words: readonly string[]): string | undefined {
  if (typeof found !== 'object' || found === null || !('value' in found) || !('gradient' in found))
    return `{ value, gradient }, got ${found instanceof Promise ? 'a promise' : keysOf(found)}`;
  const { value, gradient } = found;
  const valueProblem = natsProblem(value);
  if (valueProblem !== undefined) return valueProblem;
  if (!Array.isArray(gradient) || gradient.length !== positions)
    return `a gradient with a row for each of ${positions} positions, got ${Array.isArray(gradient) ? `${gradient.length} of them` : typeof gradient}`;
  for (const [position, row] of (gradient as unknown[]).entries()) {
    const problem = rowProblem(row, words);
    if (problem !== undefined)
      return `a gradient with a slope for each of ${words.length} words, got ${problem} at position ${position}`;
  }
  return undefined;
}

function rowProblem(row: unknown, words: readonly string[]): string | undefined {
  if (!Array.isArray(row) && !ArrayBuffer.isView(row)) return typeof row;
  const slopes = row as unknown as ArrayLike<unknown>;
  if (slopes.length !== words.length) return `${slopes.length} of them`;
  for (let column = 0; column < words.length; column++)
    if (!Number.isFinite(slopes[column])) return `${String(slopes[column])} for "${words[column]}"`;
  return undefined;
}

const keysOf = (found: unknown): string =>
  typeof found === 'object' && found !== null ? `an object with ${Object.keys(found).join(', ') || 'no keys'}` : typeof found;
