import { join } from 'node:path';
import { Interrupted } from '../base/errors.js';
import { type Key, seedOf, split } from '../base/random.js';
import { sampleLines } from '../run/read-samples.js';
import type { LabelTally, Selection } from './selection.js';

/** Texts to make for a label. */
export interface WantedTexts {
  readonly label: string;
  readonly texts: number;
}

/** One round of generation. */
export interface Round {
  /** Folder for `samples.jsonl`, whose targets have the field `label`. */
  readonly folder: string;
  readonly seed: number;
  readonly wanted: readonly WantedTexts[];
}

export interface RoundHooks {
  /** Counts the work of a round. */
  onProgress?(done: number, of: number): void;
  readonly signal?: AbortSignal | undefined;
}

/** Makes the texts of a round, or resumes it; a finished round is left as it is. It may make a few texts more than are wanted. */
export type MakeRound = (round: Round, hooks: RoundHooks) => Promise<void>;

export interface RoundsOptions {
  /** Folder of the rounds. */
  readonly folder: string;
  readonly key: Key;
  readonly perLabel: number;
  /** Most texts per wanted row. */
  readonly tries: number;
}

export interface RoundsHooks extends RoundHooks {
  /** Called before each round. */
  onRound?(round: number, wanted: readonly WantedTexts[], kept: number): void;
}

/** Share of the texts of the first round that is expected to pass the filter. */
const FIRST_YIELD = 0.75;
/** Smallest share that later rounds plan with, so that one round does not use up all tries. */
const LEAST_YIELD = 0.1;

/**
 * Generates texts in rounds until each label has its rows or has used up its tries. A round asks for as many texts as the yield so far
 * promises. Everything follows from the files of the rounds, so a stopped run resumes to the same bytes.
 *
 * @throws Interrupted with all finished work on the disk
 */
export async function runRounds(
  selection: Selection,
  make: MakeRound,
  { folder, key, perLabel, tries }: RoundsOptions,
  hooks: RoundsHooks = {},
): Promise<number> {
  for (let round = 1; ; round++) {
    const wanted = selection.tallies.flatMap((tally) => wantedOf(tally, perLabel, tries));
    if (wanted.length === 0) return round - 1;
    if (hooks.signal?.aborted) throw new Interrupted(`stopped before round ${round}; the same command resumes from there`);
    hooks.onRound?.(round, wanted, selection.kept.length);
    const own = join(folder, String(round));
    await make({ folder: own, seed: seedOf(split(key, 'round', round)), wanted }, hooks);
    for await (const line of sampleLines(join(own, 'samples.jsonl'))) selection.add(line, round);
  }
}

function wantedOf({ label, made, kept }: LabelTally, perLabel: number, tries: number): WantedTexts[] {
  const left = perLabel * tries - made;
  const lacking = perLabel - kept;
  if (left <= 0 || lacking <= 0) return [];
  const share = made === 0 ? FIRST_YIELD : Math.max(LEAST_YIELD, kept / made);
  return [{ label, texts: Math.min(left, Math.ceil(lacking / share)) }];
}
