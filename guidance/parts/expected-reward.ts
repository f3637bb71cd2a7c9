import { InputError, messageOf } from '../../lib/base/errors.js';
import { lineIn } from '../../lib/guide/breach.js';
import type { RewardSlope, TokenReward } from '../../lib/guide/contract.js';
import { natsProblem } from '../../lib/guide/results.js';
import type { Vocabulary } from '../../lib/text/types.js';
import { loadExport } from './reward-module.js';

/**
 * What a text is worth under the probabilities of its words, in nats, with the slopes: d value / d probs. Of a file's own.
 *
 * @param probs of each place of a text the probability of each word; what is missing to 1 is that the text has ended before
 * @param words of the model: the columns of `probs`
 * @param argument of the config
 */
export type ExpectedReward = (probs: readonly Float32Array[], words: readonly string[], argument: unknown) => ExpectedRewardValue;

export interface ExpectedRewardValue {
  readonly value: number;
  /** Rows and columns of `probs`. */
  readonly gradient: readonly ArrayLike<number>[];
}

/** Loads the function. Errors: an InputError that names the file and what it exports. */
export const loadExpectedReward = async (file: string, name: string): Promise<ExpectedReward> =>
  (await loadExport(file, name, '(probs, words, argument) => ({ value, gradient })')) as ExpectedReward;

/**
 * The same over whole canvases: START, END, PAD and UNK are worth nothing by themselves.
 * Errors: of its calls, an InputError that names the file and what the function did.
 */
export function canvasReward(
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

/** The columns `ids` of [L, V], a row a place behind START. Plain loops: it is done for every text at every step. */
function gathered(probs: Float32Array, ids: Int32Array, size: number): Float32Array[] {
  return Array.from({ length: probs.length / size - 1 }, (_, i) => {
    const row = new Float32Array(ids.length);
    for (let column = 0; column < ids.length; column++) row[column] = probs[(i + 1) * size + ids[column]!]!;
    return row;
  });
}

/** The other way round: `count` numbers, [L, V]. */
function spread(rows: ExpectedRewardValue['gradient'], ids: Int32Array, count: number, size: number): RewardSlope['gradient'] {
  const gradient = new Float32Array(count);
  rows.forEach((row, i) => {
    for (let column = 0; column < ids.length; column++) gradient[(i + 1) * size + ids[column]!] = row[column]!;
  });
  return gradient;
}

/** What keeps a value from being that of the function. */
function problemOf(found: unknown, places: number, words: readonly string[]): string | undefined {
  if (typeof found !== 'object' || found === null || !('value' in found) || !('gradient' in found))
    return `{ value, gradient }, got ${found instanceof Promise ? 'a promise' : keysOf(found)}`;
  const { value, gradient } = found;
  const ofValue = natsProblem(value);
  if (ofValue !== undefined) return ofValue;
  if (!Array.isArray(gradient) || gradient.length !== places)
    return `a gradient with a row for each of ${places} places, got ${Array.isArray(gradient) ? `${gradient.length} of them` : typeof gradient}`;
  for (const [place, row] of (gradient as unknown[]).entries()) {
    const problem = rowProblem(row, words);
    if (problem !== undefined)
      return `a gradient with a slope for each of ${words.length} words, got ${problem} at place ${place}`;
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
