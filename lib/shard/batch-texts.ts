import type { Key } from '../base/random.js';
import type { Plan } from '../plan/plan.js';
import type { PreparedRun } from '../plan/prepare.js';
import type { TextConstraint } from '../plan/text-factors.js';
import type { BranchPoint } from '../sampler/index.js';

/** A text to make. */
export interface ShardText {
  readonly run: PreparedRun;
  readonly item: Plan['items'][number];
  /** Keys of the rows that it is chosen from, one for each candidate. */
  readonly keys: readonly Key[];
  /** The texts that it may become; made with the batch if it is not known yet. */
  readonly constraint?: TextConstraint | undefined;
  /** Latents of another run that its rows continue, [1, L, D] each. */
  readonly departure?: BranchPoint | undefined;
  /** A text of its target that its rows start from, noised, instead of from noise alone, [L]. */
  readonly repaired?: Int32Array | undefined;
  /** How doubtful its best text so far is, nats: only a less doubtful one is wanted. */
  readonly toBeat?: number | undefined;
}

/** The texts of a batch, which may be of several runs if `mayShare` says so. */
export interface BatchTexts {
  readonly texts: readonly ShardText[];
  /** Keys of rows that fill up the batch. */
  readonly filler: readonly Key[];
}

/** Returns the number of rows of a batch. */
export const rowsIn = ({ texts, filler }: BatchTexts): number =>
  texts.reduce((sum, { keys }) => sum + keys.length, filler.length);
