import { basename, join } from 'node:path';
import { inputError } from '../base/errors.js';
import { writeAside } from '../base/files.js';
import { countLines } from '../base/jsonl.js';
import { packageVersion } from '../base/locate.js';
import { withLock } from '../base/lock.js';
import { keyOf, split } from '../base/random.js';
import type { Registry } from '../guide/registry.js';
import { judgesFor } from '../judges/registry.js';
import { REPLICATES } from '../metrics/bootstrap.js';
import { CorpusIndex } from '../metrics/novelty.js';
import type { TextEmbedder } from '../model/external/text-embedder.js';
import { secondsPerText } from '../run/timing.js';
import { measureEmbeddings } from './embedding-measure.js';
import { figuresOf, judgeGaps, withIntervals } from './figures.js';
import type { JudgePool } from './judge-crew.js';
import { judgePass, type JudgePassHooks } from './judge-pass.js';
import { type JudgedRun, openJudgedRun } from './judged-run.js';
import { type JudgeOptions, type Judging, openJudging } from './judging.js';
import { type MeasuredText, measuredText, measureTexts } from './measure.js';
import type { Metrics } from './metrics.js';
import { TextScorer } from './score-texts.js';
import { scoredTexts } from './scored-texts.js';
import { openScores, type ScoresFile } from './scores-file.js';
import { stepSuccess } from './step-success.js';

export interface EvaluateOptions extends JudgeOptions {
  /** Adds BERTScore, and MAUVE against the held-out corpus. */
  readonly embedder?: TextEmbedder;
  /** Processes with the same judges, which share the texts. Default: this process judges all. */
  readonly pool?: JudgePool | undefined;
  /** Random seed of the bootstrap and of the sample of self-BLEU. Default 1. */
  readonly seed?: number;
}

export interface EvaluateHooks extends JudgePassHooks {
  /** Called before the first text is judged. @param done texts that have scores from an earlier evaluation */
  readonly onStart?: (done: number, texts: number) => void;
}

/**
 * Judges the texts of a run folder by judges that no guide shares, writes their scores to scores.jsonl and the figures to metrics.json.
 * Resumes an evaluation that was stopped, and holds no more than a few hundred texts in memory.
 *
 * @throws InputError if the folder holds no texts of a run, if another process evaluates it, or with the line that is broken (the texts before
 *   it are judged)
 * @throws Interrupted
 */
export async function evaluateRun(
  folder: string,
  registry: Registry,
  options: EvaluateOptions = {},
  hooks: EvaluateHooks = {},
): Promise<Metrics> {
  const run = await openJudgedRun(folder, registry);
  const texts = await countLines(run.samples);
  if (texts === 0) throw inputError(run.samples, 'holds no text yet; expected the texts of `diffusteer generate`');
  return withLock(folder, 'evaluate', () => evaluateTexts(run, texts, options, hooks));
}

async function evaluateTexts(run: JudgedRun, texts: number, options: EvaluateOptions, hooks: EvaluateHooks): Promise<Metrics> {
  const evaluation = await openEvaluation(run, options);
  const { scorer, scores } = evaluation;
  try {
    hooks.onStart?.(scores.done, texts);
    await judgePass({ run, scorer, pool: options.pool, withReferences: true }, texts, scores, hooks);
    await scores.finish();
  } finally {
    await scores.close();
  }
  const metrics = await metricsOf(run, texts, evaluation, options);
  await writeAside(join(run.folder, 'metrics.json'), `${JSON.stringify(metrics, null, 2)}\n`);
  return metrics;
}

/** An evaluation under way. */
interface Evaluation extends Pick<Judging, 'quick' | 'heldOut'> {
  readonly scorer: TextScorer;
  readonly unjudged: readonly string[];
  readonly scores: ScoresFile;
}

async function openEvaluation(run: JudgedRun, options: EvaluateOptions): Promise<Evaluation> {
  const { judges: all, quick, fluency, corpus, heldOut } = await openJudging(run, options);
  const { judges, unjudged } = judgesFor(run.labels, all);
  const scorer = new TextScorer({ judges, fluency, ...(corpus && { corpus: new CorpusIndex(corpus) }) });
  const by = {
    version: packageVersion(),
    ...scorer.names,
    ...(options.corpus !== undefined && { corpus: basename(options.corpus) }),
  };
  return { scorer, unjudged, quick, heldOut, scores: await openScores(run.folder, by) };
}

async function metricsOf(
  run: JudgedRun,
  texts: number,
  { scorer, quick, unjudged, heldOut, scores }: Evaluation,
  { embedder, seed = 1, heldOut: heldOutPath }: EvaluateOptions,
): Promise<Metrics> {
  const key = keyOf(seed);
  const measure = await measureTexts(() => scoredAndMeasured(run, scores.path), texts, key);
  const { sums, embedded } = measure;
  const likeHeldOut = embedder && (await measureEmbeddings(embedded, heldOut, embedder, sums, split(key, 'embeddings')));
  const ofHeldOut =
    heldOutPath === undefined
      ? scores.by.heldOut
      : await scores.keepHeldOut({ corpus: basename(heldOutPath), natsPerToken: await scorer.natsPerToken(heldOut) });
  const resampling = { key: split(key, 'bootstrap'), replicates: REPLICATES };
  const figures = figuresOf(measure, { ...scores.by, heldOut: ofHeldOut?.natsPerToken ?? {} }, withIntervals(resampling));
  const judges = judgesFor(run.labels, quick).judges;
  const byStep = await stepSuccess(run, judges, { key: split(key, 'steps'), replicates: REPLICATES });
  const seconds = await secondsPerText(run.folder);
  const { config } = run.manifest;
  return {
    ...measure.figures(run.vocabulary),
    ...figures,
    ...(likeHeldOut && { mauve: likeHeldOut }),
    ...(byStep && { byStep }),
    ...(seconds !== undefined && { secondsPerText: seconds }),
    gaps: gapsOf(run, texts, figures, scorer.gaps),
    unjudged: [...unjudged],
    bootstrap: { replicates: REPLICATES, seed },
    ...(config.method && { method: config.method.name }),
    config,
  };
}

async function* scoredAndMeasured(run: JudgedRun, path: string): AsyncGenerator<MeasuredText> {
  for await (const { line, scores } of scoredTexts(run.samples, path)) yield measuredText(line, scores, run);
}

/** Returns what could not be measured, or not for all texts: why, and what to do. */
function gapsOf(
  { manifest, labels }: JudgedRun,
  texts: number,
  figures: Pick<Metrics, 'guides' | 'fluency' | 'references'>,
  judges: ReadonlyMap<string, string>,
): Record<string, string> {
  const { fluency, references } = figures;
  return {
    ...(texts < manifest.texts && { run: `has ${texts} of its ${manifest.texts} texts; \`diffusteer generate\` resumes it` }),
    ...judgeGaps(judges, texts, figures),
    ...(labels.length > 0 &&
      references === undefined && { references: 'no target has a reference: a text in its field `ref`, or words in `words`' }),
    ...(Object.keys(fluency).length === 0 && { fluency: 'needs a training corpus (--corpus)' }),
  };
}
