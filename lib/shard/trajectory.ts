import type { Trace, TraceStep } from '../run/trace.js';
import type { RunStep, StepObserver } from '../sampler/index.js';
import { resultsOf } from './results.js';
import { rewardsOf } from './rewards.js';
import type { RowReader, RowText } from './row-texts.js';
import type { ShardBatch } from './shard-batch.js';
import type { ShardContext } from './shard-context.js';

/** The predicted text of a row after a step. */
interface Sight {
  readonly step: RunStep;
  readonly text: RowText;
  readonly entropy: Float64Array; // [L], nats
}

/** Records the predicted texts of rows after each step. It selects nothing, so the texts stay the same. */
export interface RowWatcher extends StepObserver {
  /** Returns the records of a row; before a resampling, those of the row that it continues. */
  historyOf(row: number): readonly Sight[];
}

/** Returns a watcher of rows. @param rows if one of them continues another row, that one must be watched too */
export function watchRows(rows: readonly number[], reader: Pick<RowReader, 'text' | 'constrained'>): RowWatcher {
  let histories = new Map<number, readonly Sight[]>(rows.map((row) => [row, []]));
  return {
    before(_, ancestors) {
      if (ancestors) histories = new Map(rows.map((row) => [row, histories.get(ancestors[row]!)!]));
      return { probs: rows.length > 0 };
    },
    after(step, { probs }) {
      for (const [row, history] of histories) {
        const text = reader.text(row, probs!);
        const entropy = entropies(reader.constrained(row, probs!, step.isLast), text.ids.length);
        histories.set(row, [...history, { step, text, entropy }]);
      }
      return undefined;
    },
    historyOf: (row) => histories.get(row)!,
  };
}

/** Returns the entropy of each position, nats. @param probs [L, V] */
export function entropies(probs: Float32Array, length: number): Float64Array {
  const size = probs.length / length;
  return Float64Array.from({ length }, (_, i) => {
    let sum = 0;
    for (let at = i * size; at < (i + 1) * size; at++) if (probs[at]! > 0) sum -= probs[at]! * Math.log(probs[at]!);
    return Math.min(Math.max(sum, 0), Math.log(size)); // float32 rounding may leave the range
  });
}

/** The traced rows of a shard. */
export interface TracedRows {
  readonly watcher: RowWatcher;
  /** The rows that became texts. */
  readonly rows: readonly number[];
  /** The finished texts of all rows of the batch. */
  readonly texts: readonly RowText[];
}

/** Returns the traces of a shard's texts. It asks every clause about each predicted text, after the shard is made. */
export async function tracesOf(context: ShardContext, batch: ShardBatch, { watcher, rows, texts }: TracedRows): Promise<Trace[]> {
  const histories = rows.map((row) => watcher.historyOf(row));
  const traces = rows.map((row) => {
    const { target, sample } = batch.rows[row]!.item!;
    return { id: `${target}-${sample}`, sample, steps: [] as TraceStep[] };
  });
  const steps = histories[0]?.length ?? 0;
  for (let s = 0; s < steps; s++) {
    const isLast = s === steps - 1; // the text itself, however it was decoded
    const predicted = histories.map((history, t) => (isLast ? texts[rows[t]!]! : history[s]!.text));
    const guides = await predictedLogProbs(context, batch, rows, predicted, texts);
    histories.forEach((history, t) => {
      const { step, entropy: ofAll } = history[s]!;
      const { tokens } = predicted[t]!;
      const entropy = Array.from(ofAll.subarray(1, tokens.length + 1), (h) => Number(h.toFixed(3))); // START comes before them
      traces[t]!.steps.push({ step: step.step, time: Number(step.time.toFixed(4)), tokens, entropy, guides: guides[t]! });
    });
  }
  return traces;
}

/**
 * Returns the log-probabilities of predicted texts under the clauses of their runs, by label.
 *
 * @param predicted for each of `rows`
 * @param others the texts of all rows of the batch; `predicted` replaces those of `rows`
 */
export async function predictedLogProbs(
  { checkpoint, scorer }: ShardContext,
  { rows: batchRows, toSample }: ShardBatch,
  rows: readonly number[],
  predicted: readonly RowText[],
  others: readonly Pick<RowText, 'ids'>[],
): Promise<TraceStep['guides'][]> {
  const ids = others.map((text) => text.ids);
  rows.forEach((row, t) => (ids[row] = predicted[t]!.ids));
  const logProbs = await scorer.score(ids, toSample.guideInputs);
  const targets = rows.map((row) => batchRows[row]!.target!);
  const { each } = await rewardsOf(batchRows[0]!.run.guides.particles, predicted, targets);
  return rows.map((row, t) => {
    const rewards = Object.fromEntries(Object.entries(each).map(([label, values]) => [label, values[t]!]));
    const text = { target: targets[t]!, ids: ids[row]!, row, logProbs, rewards };
    const results = resultsOf(batchRows[row]!.run.guides, text, checkpoint.tokenizer.vocabulary);
    return Object.fromEntries(Object.entries(results).map(([label, { logProb }]) => [label, logProb]));
  });
}
