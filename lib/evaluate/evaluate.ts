import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { inputError } from '../base/errors.js';
import { writeAside } from '../base/files.js';
import { countLines } from '../base/jsonl.js';
import { packageVersion } from '../base/locate.js';
import { keyOf, split } from '../base/random.js';
import type { Registry } from '../guide/registry.js';
import { ngramFluency } from '../judges/fluency/fluency.js';
import { type Judge } from '../judges/judge.js';
import { judgesFor } from '../judges/registry.js';
import { CorpusIndex } from '../metrics/novelty.js';
import type { TextEmbedder } from '../model/external/text-embedder.js';
import type { SampleLine } from '../run/sample-line.js';
import { secondsPerText } from '../run/timing.js';
import { readCorpus } from '../text/corpus.js';
import type { Tokenizer } from '../text/types.js';
import { measureEmbeddings } from './embedding-measure.js';
import { judgePass, type JudgePassHooks } from './judge-pass.js';
import { type JudgeOptions, judgesOf } from './judging.js';
import { type JudgedRun, openJudgedRun } from './judged-run.js';
import { type MeasuredText, RunMeasure } from './measure.js';
import { type Metrics } from './metrics.js';
import { figuresOf } from './figures.js';
import { TextScorer } from './score-texts.js';
import { scoredTexts } from './scored-texts.js';
import { openScores, type ScoredBy, type ScoresFile } from './scores-file.js';
import { stepSuccess } from './step-success.js';

export interface EvaluateOptions extends JudgeOptions {
  /** Gives BERTScore, and MAUVE against the held-out corpus. */
  readonly embedder?: TextEmbedder;
  /** Of the resamples of the intervals and the sample of self-BLEU. Default 1. */
  readonly seed?: number;
}

export interface EvaluateHooks extends JudgePassHooks {
  /** Before the first text is judged. @param done texts that have scores from an earlier evaluation */
  readonly onStart?: (done: number, texts: number) => void;
}

const REPLICATES = 1000;
/** What judges that need nothing but the text stand on. */
const BY_TEXT = 'the words of the text';

/**
 * Judges the texts of a run folder by means that no guide shares, into scores.jsonl, and writes the figures into metrics.json. It goes on
 * where it was stopped, and holds no more than a few hundred texts at a time.
 * Errors: an InputError where the folder holds no texts of a run, or a line of it is broken (what stands before it is judged); Interrupted.
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
  const judging = await judgingOf(run, options);
  const scores = await openScores(folder, judging.by);
  try {
    hooks.onStart?.(scores.done, texts);
    await judgePass(run, judging.scorer, scores, hooks);
    await scores.finish();
  } finally {
    await scores.close();
  }
  const metrics = await metricsOf(run, texts, scores, judging, options);
  await writeAside(join(folder, 'metrics.json'), `${JSON.stringify(metrics, null, 2)}\n`);
  return metrics;
}

/** Who judges a run. */
interface Judging {
  readonly scorer: TextScorer;
  /** Those that can be asked about more than the texts. */
  readonly quick: ReadonlyMap<string, Judge>;
  readonly by: ScoredBy;
  readonly unjudged: readonly string[];
  readonly heldOut: readonly (readonly string[])[];
}

async function judgingOf(run: JudgedRun, options: EvaluateOptions): Promise<Judging> {
  const { column, corpus: path, heldOut } = options;
  const corpus = path === undefined ? undefined : await wordsOf(run, path, column);
  const fluency = [...(corpus ? [ngramFluency(corpus, basename(path!))] : []), ...(options.fluency ?? [])];
  const { all, quick } = await judgesOf(run, options);
  const { judges, unjudged } = judgesFor(run.labels, all);
  return {
    quick: judgesFor(run.labels, quick).judges,
    scorer: new TextScorer({ judges, fluency, ...(corpus && { corpus: new CorpusIndex(corpus) }) }),
    by: {
      version: packageVersion(),
      guides: Object.fromEntries([...judges].map(([label, { by }]) => [label, by ?? BY_TEXT])),
      fluency: Object.fromEntries(fluency.map(({ name, by }) => [name, by])),
      ...(path !== undefined && { corpus: basename(path) }),
    },
    unjudged,
    heldOut: heldOut === undefined ? [] : await wordsOf(run, heldOut, column),
  };
}

async function metricsOf(
  run: JudgedRun,
  texts: number,
  scores: ScoresFile,
  { scorer, quick, unjudged, heldOut }: Judging,
  { embedder, seed = 1, heldOut: heldOutPath }: EvaluateOptions,
): Promise<Metrics> {
  const measure = await measureRun(run, scores.path, texts, seed);
  const { sums, embedded } = measure;
  const likeHeldOut = embedder && (await measureEmbeddings(embedded, heldOut, embedder, sums, split(keyOf(seed), 'embeddings')));
  const ofHeldOut =
    heldOutPath === undefined
      ? scores.by.heldOut
      : await scores.keepHeldOut({ corpus: basename(heldOutPath), natsPerToken: await natsOf(heldOut, scorer) });
  const { natsPerToken = {} } = ofHeldOut ?? {};
  const figures = figuresOf(measure, { key: keyOf(seed), ...scores.by, heldOut: natsPerToken, replicates: REPLICATES });
  const byStep = await stepSuccess(run, quick, { key: split(keyOf(seed), 'steps'), replicates: REPLICATES });
  const seconds = await secondsPerText(run.folder);
  const { config } = run.manifest;
  const { method } = config as { method?: { name?: string } };
  return {
    ...measure.figures(ordinaryWords(run.checkpoint.tokenizer)),
    ...figures,
    ...(likeHeldOut && { mauve: likeHeldOut }),
    ...(byStep && { byStep }),
    ...(seconds !== undefined && { secondsPerText: seconds }),
    gaps: gapsOf(run, texts, figures, scorer),
    unjudged: [...unjudged],
    bootstrap: { replicates: REPLICATES, seed },
    ...(method?.name !== undefined && { method: method.name }),
    config,
  };
}

async function wordsOf(run: JudgedRun, path: string, column: string | undefined): Promise<(readonly string[])[]> {
  const { rows } = await readCorpus(path, column === undefined ? {} : { column });
  if (rows.length === 0) throw inputError(path, 'holds no text; expected a corpus with at least one row');
  return rows.map(({ text }) => run.split(text));
}

/** Twice over the texts: CIDEr has to have seen all references. */
async function measureRun(run: JudgedRun, scores: string, texts: number, seed: number): Promise<RunMeasure> {
  const measure = new RunMeasure(texts, split(keyOf(seed), 'self-bleu'));
  for await (const text of measuredTexts(run, scores)) measure.add(text);
  if (measure.hasReferences) for await (const text of measuredTexts(run, scores)) measure.compare(text);
  return measure;
}

async function* measuredTexts(run: JudgedRun, path: string): AsyncGenerator<MeasuredText> {
  const { texts, config } = run.manifest;
  const isOneTarget = texts === config.samplesPerTarget;
  for await (const { line, scores } of scoredTexts(run.samples, path)) {
    const { id, tokens, target, truncated } = line;
    yield {
      id,
      words: tokens,
      target: isOneTarget ? id : targetKey(target),
      reference: run.referenceOf(target),
      truncated,
      scores,
    };
  }
}

/** Names a target alike in all runs over it. Where a run has one target only, each text is resampled by itself. */
export const targetKey = (target: SampleLine['target']): string =>
  createHash('sha256').update(JSON.stringify(target)).digest('base64').slice(0, 16);

/** Nats a token of the held-out corpus, by each language model that works. */
async function natsOf(texts: readonly (readonly string[])[], { by, gaps }: TextScorer): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const judge of texts.length === 0 ? [] : by.fluency) {
    if (gaps.has(judge.name)) continue;
    const costs = await judge.nats(texts);
    const sum = (of: 'nats' | 'tokens'): number => costs.reduce((total, cost) => total + cost[of], 0);
    found[judge.name] = sum('nats') / sum('tokens');
  }
  return found;
}

function ordinaryWords({ vocabulary }: Tokenizer): string[] {
  const special = new Set([vocabulary.pad, vocabulary.unk, vocabulary.start, vocabulary.end]);
  return vocabulary.tokens.filter((_, id) => !special.has(id));
}

/** What could not be measured, or not of all texts. */
function gapsOf(
  { manifest, labels }: JudgedRun,
  texts: number,
  { guides, fluency, references }: Pick<Metrics, 'guides' | 'fluency' | 'references'>,
  scorer: TextScorer,
): Record<string, string> {
  const gaps: Record<string, string> = {};
  if (texts < manifest.texts)
    gaps['run'] = `has ${texts} of its ${manifest.texts} texts; \`diffusteer generate\` goes on with it`;
  for (const [name, why] of scorer.gaps) {
    const judged = guides[name]?.texts ?? 0;
    gaps[name] =
      fluency[name] === undefined ? `${judged} of ${texts} texts are judged: ${why}` : `not all texts are judged: ${why}`;
  }
  if (labels.length > 0 && references === undefined)
    gaps['references'] = 'no target has a reference, a text in its field `ref` or words in `words`';
  if (Object.keys(fluency).length === 0) gaps['fluency'] = 'needs a training corpus (--corpus)';
  return gaps;
}
