import { join } from 'node:path';
import { Interrupted } from '../base/errors.js';
import { type Key, seedOf, split } from '../base/random.js';

/** One round of generation. `Wanted` says what to make in it. */
export interface Round<Wanted> {
  /** Number of the round, from 1. */
  readonly number: number;
  /** Folder of its own. */
  readonly folder: string;
  readonly seed: number;
  readonly wanted: readonly Wanted[];
}

/** Generation that goes on in rounds until nothing is wanted any more. */
export interface RoundsWork<Wanted> {
  /** Returns what is still wanted; nothing ends the work. */
  wanted(): readonly Wanted[];
  /** Makes the texts of a round, or resumes it; a finished round is left as it is. */
  make(round: Round<Wanted>): Promise<void>;
  /** Takes in the texts of a finished round. */
  take(round: Round<Wanted>): Promise<void>;
}

/**
 * Generates in rounds, each in a sub-folder and with a seed of its own. What a round makes follows from the texts of the rounds before it,
 * which `take` reads from their folders, so a stopped run resumes to the same bytes.
 *
 * @param folder folder of the rounds
 * @returns the number of rounds
 * @throws Interrupted between two rounds
 */
export async function inRounds<Wanted>(
  { wanted: next, make, take }: RoundsWork<Wanted>,
  { folder, key, signal }: { readonly folder: string; readonly key: Key; readonly signal?: AbortSignal | undefined },
): Promise<number> {
  for (let number = 1; ; number++) {
    const wanted = next();
    if (wanted.length === 0) return number - 1;
    if (signal?.aborted) throw new Interrupted(`stopped before round ${number}; the same command resumes from there`);
    const round = { number, folder: join(folder, String(number)), seed: seedOf(split(key, 'round', number)), wanted };
    await make(round);
    await take(round);
  }
}
