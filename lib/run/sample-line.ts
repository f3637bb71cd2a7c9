import type { WeightRecord } from '../sampler/index.js';

/** What samples.jsonl says of the trajectories of a text. */
export interface ParticleLog {
  /** Effective sample size at each look and at the end, from 1 to the count of trajectories. */
  readonly ess: readonly number[];
  /** How often they were resampled. */
  readonly resampled: number;
  /** Weighted sum of all rewards for the final text, nats. */
  readonly reward: number;
}

/** What samples.jsonl says of a text that was edited. */
export interface EditLog {
  /** Words put in, taken out or replaced. */
  readonly distance: number;
  /** The same as a share of the words of the longer text. */
  readonly share: number;
  /** Share of the given words that still stand. */
  readonly kept: number;
}

/** What `samples.jsonl` says of a guide, an `any` or a `not`, and a text. */
export interface GuideResult {
  /** In nats on the decoded tokens, or a reward; null where there is none. */
  readonly logProb: number | null;
  /** Whether a hard fact holds, or a gradient guide's own classifier takes it to hold: p above 0.5. Absent for soft factors. */
  readonly holds?: boolean;
  /** The `any`, `not` or inner `all` that it is a part of: what it shall do there is not said by itself. */
  readonly inside?: string;
  /** The weights that `"weight": "auto"` has used. */
  readonly weight?: WeightRecord;
}

/** A line of samples.jsonl. */
export interface SampleLine {
  /** Target and sample. */
  readonly id: string;
  readonly target: Readonly<Record<string, unknown>>;
  readonly sample: number;
  /** START, END and PAD left out. */
  readonly tokens: readonly string[];
  readonly text: string;
  readonly guides: Readonly<Record<string, GuideResult>>;
  /** Where guides act by particles. */
  readonly particles?: ParticleLog;
  /** Where the text was chosen among several that a baseline made: how many, and what the guides say of it, nats. */
  readonly chosen?: { readonly of: number; readonly score: number };
  /** Where the run edits given texts. */
  readonly edit?: EditLog;
  /** The words reach the end of the canvas. */
  readonly truncated?: true;
  readonly seed: number;
}
