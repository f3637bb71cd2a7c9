import { split } from '../base/random.js';
import type { Judge } from '../judges/judge.js';
import { bootstrap, type BootstrapOptions } from '../metrics/bootstrap.js';
import { ClusterSums } from '../metrics/cluster-sums.js';
import type { SampleLine } from '../run/sample-line.js';
import type { Trace, TraceStep } from '../run/trace.js';
import { hasTraces, readTraces } from '../run/traces-file.js';
import { sampleLines } from '../run/read-samples.js';
import type { JudgedRun } from './judged-run.js';
import type { Metrics } from './metrics.js';
import { addScores, scoreOf } from './score-sums.js';
import { type JudgedText, judgedText, TextScorer } from './score-texts.js';

type ByStep = NonNullable<Metrics['byStep']>;

/** Most traced texts, and steps of each, that are judged: as many as a page can show and judges do in seconds. */
const [MOST_TEXTS, MOST_STEPS] = [24, 12];

/** The text that a step predicts. */
interface Prediction extends TraceStep {
  readonly line: SampleLine;
}

/**
 * Judges the texts that evenly spaced reverse steps predict, for the traced texts of a run. Judges that are unavailable are left out.
 * Returns undefined if nothing was traced or nothing can be judged. The intervals come from a bootstrap over targets, or over texts if all
 * have the same target.
 *
 * @param judges by label of the guide
 * @throws InputError if a line of the traces or of the texts is broken
 */
export async function stepSuccess(
  run: JudgedRun,
  judges: ReadonlyMap<string, Judge>,
  { key, ...options }: BootstrapOptions,
): Promise<ByStep | undefined> {
  if (judges.size === 0 || !(await hasTraces(run.folder))) return undefined;
  const predictions = await predictionsOf(run);
  const scores = await new TextScorer({ judges, fluency: [] }).score(await judgedTexts(run, predictions));
  const isOneTarget = new Set(predictions.map(targetOf)).size === 1;
  const guides: Record<string, ByStep['guides'][string]> = {};
  for (const { step, time } of new Map(predictions.map((prediction) => [prediction.step, prediction])).values()) {
    const sums = new ClusterSums();
    predictions.forEach((prediction, i) => {
      if (prediction.step === step) addScores(sums, isOneTarget ? prediction.line.id : targetOf(prediction), scores[i]!);
    });
    const labels = [...judges.keys()].filter((label) => sums.column(`${label} n`).some((n) => n > 0));
    const statistics = Object.fromEntries(labels.map((label) => [label, scoreOf(label)] as const));
    const intervals = bootstrap(sums, statistics, { key: split(key, step), ...options });
    for (const label of labels) (guides[label] ??= []).push({ step, time, ...intervals[label]! });
  }
  const texts = new Set(predictions.map(({ line }) => line.id)).size;
  return Object.keys(guides).length === 0 ? undefined : { texts, guides };
}

const targetOf = ({ line }: Prediction): string => JSON.stringify(line.target);

async function judgedTexts(run: JudgedRun, predictions: readonly Prediction[]): Promise<JudgedText[]> {
  const options = await run.optionsOf(predictions.map(({ line }) => line));
  const withoutReference = { referenceOf: () => undefined };
  return predictions.map(({ line, tokens }, i) => ({ ...judgedText(line, options[i]!, withoutReference), words: tokens }));
}

/** Returns what some steps predict for the first traced texts, the steps of a text in order. */
async function predictionsOf({ folder, samples }: JudgedRun): Promise<Prediction[]> {
  const open = new Map((await readTraces(folder, MOST_TEXTS)).map((trace) => [trace.id, trace]));
  const predictions: Prediction[] = [];
  for await (const line of sampleLines(samples)) {
    predictions.push(...spaced(open.get(line.id)?.steps ?? []).map((step) => ({ ...step, line })));
    open.delete(line.id);
    if (open.size === 0) break;
  }
  return predictions;
}

/** Returns evenly spaced steps, the first and the last among them. */
function spaced(steps: Trace['steps']): Trace['steps'] {
  const count = Math.min(MOST_STEPS, steps.length);
  const last = steps.length - 1;
  return Array.from({ length: count }, (_, i) => steps[Math.round((i * last) / Math.max(1, count - 1))]!);
}
