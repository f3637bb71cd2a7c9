import { join } from 'node:path';
import type { Key } from '../base/random.js';
import { inRounds, type Round } from '../generate/rounds.js';
import { sampleLines } from '../run/read-samples.js';
import type { LabelTally, Selection } from './selection.js';

/** Texts to make for a label. */
export interface WantedTexts {
  readonly label: string;
  readonly texts: number;
}

/** A round of generation. The targets of `samples.jsonl` in its folder have the field `label`. */
export type LabelRound = Pick<Round<WantedTexts>, 'folder' | 'seed' | 'wanted'>;

export interface RoundHooks {
  /** Counts the work of a round. */
  onProgress?(done: number, of: number): void;
  readonly signal?: AbortSignal | undefined;
  /** Returns how many CPU threads serve one batch best, as the hook of `generate`. */
  readonly bestThreads?: (() => Promise<number>) | undefined;
}

/** Makes the texts of a round, or resumes it; a finished round is left as it is. It may make a few texts more than are wanted. */
export type MakeRound = (round: LabelRound, hooks: RoundHooks) => Promise<void>;

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
 * promises.
 *
 * @returns the number of rounds
 * @throws Interrupted with all finished work on the disk
 */
export const runRounds = (
  selection: Selection,
  make: MakeRound,
  { folder, key, perLabel, tries }: RoundsOptions,
  hooks: RoundsHooks = {},
): Promise<number> =>
  inRounds<WantedTexts>(
    {
      wanted: () => selection.tallies.flatMap((tally) => wantedOf(tally, perLabel, tries)),
      async make(round) {
        hooks.onRound?.(round.number, round.wanted, selection.kept.length);
        await make(round, hooks);
      },
      async take({ number, folder: own }) {
        for await (const line of sampleLines(join(own, 'samples.jsonl'))) await selection.add(line, number);
      },
    },
    { folder, key, signal: hooks.signal },
  );

function wantedOf({ label, made, kept }: LabelTally, perLabel: number, tries: number): WantedTexts[] {
  const left = perLabel * tries - made;
  const lacking = perLabel - kept;
  if (left <= 0 || lacking <= 0) return [];
  const share = made === 0 ? FIRST_YIELD : Math.max(LEAST_YIELD, kept / made);
  return [{ label, texts: Math.min(left, Math.ceil(lacking / share)) }];
}
