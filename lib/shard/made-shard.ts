import type { MethodRecord } from '../run/manifest.js';
import type { SampleLine } from '../run/sample-line.js';
import type { Trace } from '../run/trace.js';
import type { SampleHooks } from '../sampler/index.js';
import type { PredictionHooks } from './predictions.js';

export interface ShardHooks extends SampleHooks {
  /** Number of the shard's texts to trace, from the first. Default: none. */
  readonly traced?: number;
  /** Reports predicted texts while they are made. */
  readonly predictions?: PredictionHooks;
}

/** The texts of a shard. */
export interface MadeShard {
  readonly lines: readonly SampleLine[];
  /** Returns the traces of the traced texts. It asks the guides about every step only when called. */
  traces(): Promise<Trace[]>;
}

/** Makes the texts of a run, shard by shard. */
export interface ShardMaker {
  /** Texts per shard; the last may have fewer. */
  readonly size: number;
  /** The baseline that makes the texts, for the run's manifest; absent for guided diffusion. */
  readonly record?: MethodRecord;
  make(shard: number, hooks?: ShardHooks): Promise<MadeShard>;
}

/** The texts of one batch. */
export interface MadeBatch extends MadeShard {
  /** How doubtful each text is, nats. */
  readonly doubts: readonly number[];
  /** The sequence of each text, [L]. */
  readonly ids: readonly Int32Array[];
}
