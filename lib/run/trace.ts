/** A line of traces.jsonl: the reverse steps of a text. */
export interface Trace {
  /** Id of the text, as in samples.jsonl. */
  readonly id: string;
  readonly sample: number;
  /** Steps from noise to text; the tokens of the last one are those of the text. */
  readonly steps: readonly TraceStep[];
}

/** A reverse step in a trace. */
export interface TraceStep {
  readonly step: number;
  /** Noise level as the networks see it: near 1 is noise, near 0 is text. */
  readonly time: number;
  /** The predicted text, decoded like a finished one. */
  readonly tokens: readonly string[];
  /** Entropy of the token distribution at each position, from 0 to ln V, nats. */
  readonly entropy: readonly number[];
  /** Log-probability of each clause for the predicted text, nats, by label; null if the clause has none. */
  readonly guides: Readonly<Record<string, number | null>>;
}
