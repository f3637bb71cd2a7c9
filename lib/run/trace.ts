/** A line of traces.jsonl: how a text came to be. */
export interface Trace {
  /** As in samples.jsonl. */
  readonly id: string;
  readonly sample: number;
  /** The noisiest first; the tokens of the last one are those of the text. */
  readonly steps: readonly TraceStep[];
}

export interface TraceStep {
  readonly step: number;
  /** Noise level as networks see it: near 1 noise, near 0 text. */
  readonly time: number;
  /** The text that the step predicts, decoded as a finished one. */
  readonly tokens: readonly string[];
  /** Of each token's place, how open it is which token stands there: from 0 to ln V, nats. */
  readonly entropy: readonly number[];
  /** Of each clause, by label, what it says of the predicted text as if it were finished; null where it has no log-probability. Nats. */
  readonly guides: Readonly<Record<string, number | null>>;
}
