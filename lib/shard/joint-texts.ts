import {
  decodeJointly,
  type FoundText,
  type JointOptions,
  type JointRequest,
  leastGains,
  type NextWords,
  type SearchHooks,
  type SearchSpace,
  searchSpace,
  speaking,
} from '../decode/index.js';
import type { TextConstraint } from '../plan/text-factors.js';
import type { Vocabulary } from '../text/types.js';

/** For each text of a shard, the rows it is chosen from. */
type Groups = readonly (readonly number[])[];

/** A batch whose reverse steps were run. */
export interface DenoisedBatch {
  readonly batch: {
    readonly groups: Groups;
    /** For each text, the doubt that it must stay under, nats; undefined if it may be any. */
    readonly toBeat: readonly (number | undefined)[];
    /** For each row, the texts that it may become. */
    readonly constraints: readonly TextConstraint[];
  };
  /** Token probabilities of the last step, [B, L, V]. */
  readonly probs: Float32Array;
}

/**
 * Finds the texts of the rows that texts are chosen from; none for a row whose text would be too doubtful to be taken.
 *
 * @returns for each batch, the texts by row
 */
export type JointFinder = (batches: readonly DenoisedBatch[], hooks?: SearchHooks) => Promise<ReadonlyMap<number, FoundText>[]>;

/**
 * Returns a finder with a language model, whose vocabulary may be another one.
 *
 * @param surprisalsOf called once, for the first batch
 */
export function jointFinder(
  model: NextWords,
  vocabulary: Vocabulary,
  options: JointOptions,
  surprisalsOf?: () => Promise<Float32Array>,
): JointFinder {
  const words = speaking(model, vocabulary, { unknown: true });
  const spaceOf = spaces(vocabulary);
  let surprisals: Promise<Float32Array> | undefined;
  const requestsOf = ({ batch: { groups, toBeat, constraints }, probs }: DenoisedBatch): JointRequest[] => {
    const size = probs.length / constraints.length;
    return groups.flatMap((rows, text) => {
      const doubt = toBeat[text];
      return rows.map((row) => ({
        probs: probs.subarray(row * size, (row + 1) * size), // [L, V]
        space: spaceOf(constraints[row]!),
        above: doubt === undefined ? undefined : leastGainsAt(doubt, options),
      }));
    });
  };
  return async (batches, hooks) => {
    surprisals ??= surprisalsOf?.();
    const requests = batches.flatMap(requestsOf);
    const found = (await decodeJointly(words, requests, { ...options, surprisals: await surprisals }, hooks)).values();
    return batches.map(({ batch }) => {
      const texts = batch.groups.flat().map((row) => [row, found.next().value] as const);
      return new Map(texts.filter((entry): entry is [number, FoundText] => entry[1] !== undefined));
    });
  };
}

/** Returns the search space of a constraint, made once for all rows and candidates of a target. */
function spaces(vocabulary: Vocabulary): (constraint: TextConstraint) => SearchSpace {
  const known = new WeakMap<TextConstraint, SearchSpace>();
  return (constraint) => {
    if (!known.has(constraint)) known.set(constraint, searchSpace(constraint, vocabulary));
    return known.get(constraint)!;
  };
}

/**
 * Returns how doubtful the found texts are, by row, in nats: the surprisal of their three least likely tokens under both models, plus that of
 * the gradient guides, which have no token factors. It is divided by the weights of the models, so that thresholds carry over between weights.
 *
 * @param logProbs of the gradient clauses, by label, [B] nats
 */
export function doubtsOf(
  found: ReadonlyMap<number, FoundText>,
  logProbs: Readonly<Record<string, Float32Array>>,
  { weight }: Pick<JointOptions, 'weight'>,
): ReadonlyMap<number, number> {
  const ofGuides = (row: number) => Object.values(logProbs).reduce((sum, values) => sum + values[row]!, 0);
  const doubt = (text: FoundText, row: number) => -(leastGains(text) + Math.max(1, weight) * ofGuides(row)) / (1 + weight);
  return new Map([...found].map(([row, text]) => [row, doubt(text, row)]));
}

/** Returns the least gains of a text with this doubt, nats, if no gradient guide says anything against it. What they say only adds to doubts. */
const leastGainsAt = (doubt: number, { weight }: Pick<JointOptions, 'weight'>): number => -doubt * (1 + weight);

/** Returns for each text the least doubtful of the rows that it is chosen from; the first of equals. */
export const leastDoubtful = (doubts: ReadonlyMap<number, number>, groups: Groups): number[] =>
  groups.map((rows) => rows.reduce((best, row) => (doubtOf(doubts, row) < doubtOf(doubts, best) ? row : best)));

/** Returns the doubt of a row; infinite if no text was found for it. */
export const doubtOf = (doubts: ReadonlyMap<number, number>, row: number): number => doubts.get(row) ?? Infinity;
