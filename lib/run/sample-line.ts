import type { WeightRecord } from '../sampler/index.js';

/** Record of the trajectories of a text in samples.jsonl. */
export interface ParticleLog {
  /** Effective sample size at each evaluation and at the end, from 1 to the number of trajectories. */
  readonly ess: readonly number[];
  /** Number of times the trajectories were resampled. */
  readonly resampled: number;
  /** Weighted sum of all rewards for the final text, nats. */
  readonly reward: number;
}

/** Record of an edited text in samples.jsonl. */
export interface EditLog {
  /** Words inserted, deleted or replaced. */
  readonly distance: number;
  /** `distance` as a share of the words of the longer text. */
  readonly share: number;
  /** Share of the given words that were kept. */
  readonly kept: number;
}

/** Result of a guide, an `any` or a `not` for a text in samples.jsonl. */
export interface GuideResult {
  /** Log-probability of the decoded tokens in nats, or a reward; null if there is none. */
  readonly logProb: number | null;
  /** True if a hard fact holds, or a gradient guide's own classifier gives p above 0.5. Absent for soft factors. */
  readonly holds?: boolean;
  /** The text as lines of verse, if the guide asks for lines and holds. */
  readonly lines?: readonly string[];
  /** Label of the `any`, `not` or inner `all` that it is part of; by itself the guide need not hold. */
  readonly inside?: string;
  /** Weights that `"weight": "auto"` used. */
  readonly weight?: WeightRecord;
}

/** A line of samples.jsonl. */
export interface SampleLine {
  /** Identifies the target and the sample. */
  readonly id: string;
  readonly target: Readonly<Record<string, unknown>>;
  readonly sample: number;
  /** Tokens without START, END and PAD. */
  readonly tokens: readonly string[];
  readonly text: string;
  readonly guides: Readonly<Record<string, GuideResult>>;
  /** Given if guides act by particles. */
  readonly particles?: ParticleLog;
  /** Given if candidates were sampled until one was good enough, or by a baseline: their number, and the score by which this one was chosen, nats. */
  readonly chosen?: { readonly of: number; readonly score: number };
  /** Given if the run edits texts. */
  readonly edit?: EditLog;
  /** Set if the text reached the maximum length without END. */
  readonly truncated?: true;
  /** Seed that identifies the random key of the text. */
  readonly seed: number;
}

/** Returns the id of a text. @param target position of its target from 0 @param sample index among the target's texts */
export const textId = (target: number, sample: number): string => `${target}-${sample}`;
