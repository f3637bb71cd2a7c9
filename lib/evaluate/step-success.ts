import { split } from '../base/random.js';
import { type Judge } from '../judges/judge.js';
import { bootstrap, type BootstrapOptions } from '../metrics/bootstrap.js';
import { ClusterSums } from '../metrics/cluster-sums.js';
import type { SampleLine } from '../run/sample-line.js';
import type { Trace, TraceStep } from '../run/trace.js';
import { hasTraces, readTraces } from '../run/traces-file.js';
import { sampleLines } from './judge-pass.js';
import type { JudgedRun } from './judged-run.js';
import { type Metrics } from './metrics.js';
import { addScores, scoreOf } from './score-sums.js';
import { type JudgedText, TextScorer } from './score-texts.js';

type ByStep = NonNullable<Metrics['byStep']>;

/** Traced texts whose steps are judged, and steps of each: what a page can show, and judges can do in seconds. */
const [MOST_TEXTS, MOST_STEPS] = [24, 12];

/** What a step predicts for a text. */
interface Sight extends TraceStep {
  readonly line: SampleLine;
}

/**
 * How far the texts that reverse steps predict meet their targets: traced texts of a run, judged at evenly spaced steps. What its judges
 * cannot do is left out; undefined where nothing was traced or nothing can be judged. The intervals are of a bootstrap over targets, or
 * over texts where all have one target.
 * Errors: an InputError where a line of the traces or of the texts is broken.
 *
 * @param judges by the label of the guide
 */
export async function stepSuccess(
  run: JudgedRun,
  judges: ReadonlyMap<string, Judge>,
  { key, ...options }: BootstrapOptions,
): Promise<ByStep | undefined> {
  if (judges.size === 0 || !(await hasTraces(run.folder))) return undefined;
  const sights = await sightsOf(run);
  const scores = await new TextScorer({ judges, fluency: [] }).score(await judgedTexts(run, sights));
  const isOneTarget = new Set(sights.map(targetOf)).size === 1;
  const guides: Record<string, ByStep['guides'][string]> = {};
  for (const { step, time } of new Map(sights.map((sight) => [sight.step, sight])).values()) {
    const sums = new ClusterSums();
    sights.forEach((sight, i) => {
      if (sight.step === step) addScores(sums, isOneTarget ? sight.line.id : targetOf(sight), scores[i]!);
    });
    const labels = [...judges.keys()].filter((label) => sums.column(`${label} n`).some((n) => n > 0));
    const statistics = Object.fromEntries(labels.map((label) => [label, scoreOf(label)] as const));
    const intervals = bootstrap(sums, statistics, { key: split(key, step), ...options });
    for (const label of labels) (guides[label] ??= []).push({ step, time, ...intervals[label]! });
  }
  const texts = new Set(sights.map(({ line }) => line.id)).size;
  return Object.keys(guides).length === 0 ? undefined : { texts, guides };
}

const targetOf = ({ line }: Sight): string => JSON.stringify(line.target);

async function judgedTexts(run: JudgedRun, sights: readonly Sight[]): Promise<JudgedText[]> {
  const options = await run.optionsOf(sights.map(({ line }) => line));
  return sights.map((sight, i) => {
    const { id, sample } = sight.line;
    return { id, sample, words: sight.tokens, options: options[i]!, target: targetOf(sight) };
  });
}

/** What some of the steps predict for the first traced texts, each text's steps in their order. */
async function sightsOf({ folder, samples }: JudgedRun): Promise<Sight[]> {
  const open = new Map((await readTraces(folder, MOST_TEXTS)).map((trace) => [trace.id, trace]));
  const sights: Sight[] = [];
  for await (const line of sampleLines(samples)) {
    sights.push(...spaced(open.get(line.id)?.steps ?? []).map((step) => ({ ...step, line })));
    open.delete(line.id);
    if (open.size === 0) break;
  }
  return sights;
}

/** Evenly spaced steps, the first and the last among them. */
function spaced(steps: Trace['steps']): Trace['steps'] {
  const count = Math.min(MOST_STEPS, steps.length);
  const last = steps.length - 1;
  return Array.from({ length: count }, (_, i) => steps[Math.round((i * last) / Math.max(1, count - 1))]!);
}
