import { InputError, inputError } from '../base/errors.js';
import { keyOf } from '../base/random.js';
import type { Registry } from '../guide/registry.js';
import { judgesFor, standardJudges } from '../judges/registry.js';
import { readSamples } from '../run/read-samples.js';
import type { SampleLine } from '../run/sample-line.js';
import { secondsPerText } from '../run/timing.js';
import { figuresOf, judgeGaps, meansOnly } from './figures.js';
import { openJudgedRun } from './judged-run.js';
import { type JudgeOptions, type Judging, openJudging } from './judging.js';
import { measuredText, measureTexts } from './measure.js';
import type { RunFigures } from './metrics.js';
import { judgedText, type TextJudges, TextScorer } from './score-texts.js';
import { referenceOf, targetKey } from './target.js';

type Words = readonly string[];

/** The context of texts: everything but their words. */
export interface JudgeContext extends Partial<Omit<Judging, 'quick'>> {
  /** For each text, the label of a guide to the resolved options that it had there. Guides that no text had are not judged. */
  readonly options: readonly Readonly<Record<string, unknown>>[];
  /** Returns a person's text for a target, if there is one. Default: the words of its field `words`, or the text of its field `ref`. */
  readonly referenceOf?: (target: SampleLine['target']) => Words | undefined;
  /** The run has one target only. Default: all texts have the same. */
  readonly isOneTarget?: boolean;
  /** Words of the model, without its special tokens. */
  readonly vocabulary?: readonly string[];
}

/**
 * Judges the texts of a run folder in memory, by judges that no guide shares. Writes nothing.
 *
 * @returns the figures of `evaluateRun` without intervals, MAUVE, BERTScore, the longest copied run and success by step
 * @throws InputError if the folder holds no texts of a run, or a line of it is broken
 */
export async function judgeFolder(folder: string, registry: Registry, options: JudgeOptions = {}): Promise<RunFigures> {
  const run = await openJudgedRun(folder, registry);
  const lines = await readSamples(run.samples);
  const { referenceOf, isOneTarget, vocabulary } = run;
  const judging = await openJudging(run, options);
  const context = { ...judging, options: await run.optionsOf(lines), referenceOf, isOneTarget, vocabulary };
  const seconds = await secondsPerText(folder);
  return { ...(await judgeRun(lines, context)), ...(seconds !== undefined && { secondsPerText: seconds }) };
}

/**
 * Judges texts in memory. Reads and prints nothing.
 *
 * @throws InputError if there is no text, or a judge cannot read a target
 */
export async function judgeRun(lines: readonly SampleLine[], context: JudgeContext): Promise<RunFigures> {
  const { options, corpus, fluency = [], heldOut = [], vocabulary } = context;
  checkCounts(lines, options);
  const { judges, unjudged } = judgesFor(options.flatMap(Object.keys), context.judges ?? standardJudges());
  const scorer = new TextScorer({ judges, fluency, ...(corpus && { corpus: rowsOf(corpus) }) });
  const isOneTarget = context.isOneTarget ?? new Set(lines.map(({ target }) => targetKey(target))).size === 1;
  const run = { isOneTarget, referenceOf: context.referenceOf ?? referenceOf };
  const scores = await scorer.score(lines.map((line, i) => judgedText(line, options[i]!, run)));
  const measured = lines.map((line, i) => measuredText(line, scores[i]!, run));
  const measure = await measureTexts(() => measured, lines.length, keyOf(1));
  const { novelty, ...others } = figuresOf(measure, { ...scorer.names, heldOut: await scorer.natsPerToken(heldOut) }, meansOnly);
  return {
    ...measure.figures(vocabulary),
    ...others,
    ...(novelty && { novelty: { copies: novelty.copies } }),
    gaps: judgeGaps(scorer.gaps, lines.length, others),
    unjudged: [...unjudged],
  };
}

/** Finds copies of whole rows; an index for the longest copied run would take longer than everything else here. */
function rowsOf(corpus: readonly Words[]): NonNullable<TextJudges['corpus']> {
  const rows = new Set(corpus.map((row) => row.join(' ')));
  return { hasRow: (words) => rows.has(words.join(' ')) };
}

function checkCounts(lines: readonly SampleLine[], options: readonly unknown[]): void {
  if (lines.length === 0) throw inputError('samples', 'expected at least one text to judge, got none; has the run written any?');
  if (options.length === lines.length) return;
  const message = `expected the options of each text, got ${options.length} for ${lines.length} texts`;
  throw new InputError('samples', [{ path: '/options', message }]);
}
