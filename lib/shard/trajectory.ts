import { marginals } from '../automaton/index.js';
import type { ReverseStep } from '../diffusion/reverse-steps.js';
import type { HostTensors } from '../engine/types.js';
import type { TextConstraint } from '../plan/text-factors.js';
import { type Trace, type TraceStep } from '../run/trace.js';
import type { StepWatcher } from '../sampler/sample.js';
import { fromCanvas } from '../text/canvas.js';
import { resultsOf } from './results.js';
import { rewardsOf } from './rewards.js';
import type { ShardTools } from './shard-tools.js';

/** What a step says of a row. */
interface Sight {
  readonly step: number;
  readonly time: number;
  readonly ids: Int32Array; // [L]
  readonly entropy: Float64Array; // [L], nats
}

/** Remembers what the steps say of rows. */
export interface RowWatcher extends StepWatcher {
  /** Of the row that ends there: where rows take each other's places, of those it came from. */
  historyOf(row: number): readonly Sight[];
}

/**
 * @param rows to watch; they may take each other's places only
 * @param read a row's decoded canvas [L] and its token probabilities [L, V]
 */
export function watchRows(
  rows: readonly number[],
  read: (row: number, probs: Float32Array, isLast: boolean) => { ids: Int32Array; probs: Float32Array },
): RowWatcher {
  let histories = new Map<number, readonly Sight[]>(rows.map((row) => [row, []]));
  return {
    saw({ step, time }: ReverseStep, probs, isLast) {
      for (const [row, history] of histories) {
        const { ids, probs: own } = read(row, probs, isLast);
        histories.set(row, [...history, { step, time, ids, entropy: entropies(own, ids.length) }]);
      }
    },
    follow(parents) {
      histories = new Map(rows.map((row) => [row, histories.get(parents[row]!)!]));
    },
    historyOf: (row) => histories.get(row)!,
  };
}

/** Entropy of each place, nats. @param probs [L, V] */
function entropies(probs: Float32Array, length: number): Float64Array {
  const size = probs.length / length;
  return Float64Array.from({ length }, (_, i) => {
    let sum = 0;
    for (let at = i * size; at < (i + 1) * size; at++) if (probs[at]! > 0) sum -= probs[at]! * Math.log(probs[at]!);
    return Math.min(Math.max(sum, 0), Math.log(size)); // rounding errors of float32 aside
  });
}

/** The probabilities of a row [L, V] as its automaton leaves them; the sampler leaves that to decoding at the last step. */
export function settled({ lattice }: TextConstraint, probs: Float32Array, isLast: boolean): Float32Array {
  if (!isLast || !lattice) return probs;
  const out = new Float32Array(probs.length);
  marginals(lattice, probs, out);
  return out;
}

/** A text of a shard that is traced. */
export interface TracedText {
  readonly target: number;
  readonly sample: number;
  /** The row of the batch that became the text. */
  readonly row: number;
}

/** What is known of the shard of traced texts. */
export interface TracedShard {
  readonly watcher: RowWatcher;
  readonly texts: readonly TracedText[];
  /** The finished canvases of the batch, [L] each. */
  readonly decoded: readonly Int32Array[];
  readonly guideInputs: readonly HostTensors[];
}

/** The traces of a shard's texts: what every clause says of each predicted text is asked here, after the shard is made. */
export async function tracesOf(tools: ShardTools, { watcher, texts, decoded, guideInputs }: TracedShard): Promise<Trace[]> {
  const histories = texts.map(({ row }) => watcher.historyOf(row));
  const traces = texts.map(({ target, sample }) => ({ id: `${target}-${sample}`, sample, steps: [] as TraceStep[] }));
  for (let s = 0; s < (histories[0]?.length ?? 0); s++) {
    const ids = [...decoded];
    texts.forEach(({ row }, t) => (ids[row] = histories[t]![s]!.ids));
    const guides = await saidOf(tools, texts, ids, guideInputs);
    histories.forEach((history, t) => traces[t]!.steps.push(stepOf(tools, history[s]!, guides[t]!)));
  }
  return traces;
}

/** What the clauses say of predicted texts, by label. @param ids of all rows, [L] each */
async function saidOf(
  { guides, checkpoint: { tokenizer }, scorer }: ShardTools,
  texts: readonly TracedText[],
  ids: readonly Int32Array[],
  guideInputs: readonly HostTensors[],
): Promise<TraceStep['guides'][]> {
  const { vocabulary } = tokenizer;
  const logProbs = await scorer.score(ids, guideInputs);
  const predicted = texts.map(({ row }) => fromCanvas(ids[row]!, vocabulary).tokens);
  const { each } = await rewardsOf(
    guides.particles,
    predicted.map((tokens) => ({ tokens, text: tokenizer.detokenize(tokens) })),
    texts.map(({ target }) => target),
  );
  return texts.map(({ row, target }, t) => {
    const rewards = Object.fromEntries(Object.entries(each).map(([label, values]) => [label, values[t]!]));
    const results = resultsOf(guides, { target, ids: ids[row]!, row, logProbs, controllers: [], rewards }, vocabulary);
    return Object.fromEntries(Object.entries(results).map(([label, { logProb }]) => [label, logProb]));
  });
}

function stepOf({ checkpoint }: ShardTools, { step, time, ids, entropy }: Sight, guides: TraceStep['guides']): TraceStep {
  const { tokens } = fromCanvas(ids, checkpoint.tokenizer.vocabulary);
  const ofTokens = entropy.subarray(1, tokens.length + 1); // START stands before them
  return { step, time: Number(time.toFixed(4)), tokens, entropy: Array.from(ofTokens, (h) => Number(h.toFixed(3))), guides };
}
