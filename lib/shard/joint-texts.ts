import {
  decodeJointly,
  type FoundText,
  type JointOptions,
  leastGains,
  type NextWords,
  type SearchHooks,
  type SearchSpace,
  searchSpace,
  speaking,
} from '../decode/index.js';
import type { TextConstraint } from '../plan/text-factors.js';
import type { Vocabulary } from '../text/types.js';
import type { ShardBatch } from './shard-batch.js';

/** For each text of a shard, the rows it is chosen from. */
type Groups = readonly (readonly number[])[];

/**
 * Finds the texts of the rows that texts are chosen from, by row; none for a row whose text would be too doubtful to be taken.
 *
 * @param probs of the last step that was run, [B, L, V]
 */
export type JointFinder = (
  batch: Pick<ShardBatch, 'groups' | 'toBeat' | 'constraints'>,
  probs: Float32Array,
  hooks?: SearchHooks,
) => Promise<ReadonlyMap<number, FoundText>>;

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
  let surprisals: Promise<Float32Array> | undefined;
  return async ({ groups, toBeat, constraints }, probs, hooks) => {
    const rows = groups.flat();
    const bounds = groups.flatMap((own, text) => own.map(() => toBeat[text]));
    const size = probs.length / constraints.length;
    const spaceOf = spaces(vocabulary);
    const requests = rows.map((row, i) => ({
      probs: probs.subarray(row * size, (row + 1) * size), // [L, V]
      space: spaceOf(constraints[row]!),
      above: bounds[i] === undefined ? undefined : -bounds[i] * (1 + options.weight),
    }));
    surprisals ??= surprisalsOf?.();
    const found = await decodeJointly(words, requests, { ...options, surprisals: await surprisals }, hooks);
    return new Map(rows.flatMap((row, i) => (found[i] ? [[row, found[i]] as const] : [])));
  };
}

/** Returns the search space of a constraint, made once for all rows of a target. */
function spaces(vocabulary: Vocabulary): (constraint: TextConstraint) => SearchSpace {
  const known = new Map<TextConstraint, SearchSpace>();
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

/** Returns for each text the least doubtful of the rows that it is chosen from; the first of equals. */
export const leastDoubtful = (doubts: ReadonlyMap<number, number>, groups: Groups): number[] =>
  groups.map((rows) => rows.reduce((best, row) => (doubtOf(doubts, row) < doubtOf(doubts, best) ? row : best)));

/** Returns the doubt of a row; infinite if no text was found for it. */
export const doubtOf = (doubts: ReadonlyMap<number, number>, row: number): number => doubts.get(row) ?? Infinity;
