import { inputError, InputError, type Problem } from '../base/errors.js';
import { isRecord } from '../base/is-record.js';
import { isWords } from '../judges/controls/target-options.js';
import type { FluencyJudge } from '../judges/fluency/fluency.js';
import { type NgramOptions, trainNgram } from '../judges/fluency/ngram.js';
import { type Judge, JudgeUnavailable } from '../judges/judge.js';
import { judgesFor, standardJudges } from '../judges/registry.js';
import { splitWords } from '../text/split-words.js';
import { type GuideReport, reportOnGuide } from './guide-report.js';
import { copiedShare, distinctShare, lengths, type Lengths } from './texts.js';

type Words = readonly string[];

/** A line of samples.jsonl. */
export interface JudgedLine {
  readonly id: string;
  /** As the user gave it. */
  readonly target: unknown;
  /** Which of the target's samples, from 0. */
  readonly sample: number;
  /** Without START, END and PAD. */
  readonly tokens: Words;
  readonly text: string;
  readonly guides: Readonly<Record<string, { readonly logProb: number | null; readonly holds?: boolean }>>;
  readonly seed: number;
  /** The canvas was full before the text ended. */
  readonly truncated?: boolean;
}

export interface RunContext {
  /** One a sample: guide name to the options it had there, resolved. Guides absent from all are not judged. */
  readonly options: readonly Readonly<Record<string, unknown>>[];
  /** One a sample: a person's text for the same target, or undefined. By default the target's `words` or `ref`. */
  readonly references?: readonly (Words | undefined)[];
  /** Rows of the training corpus: for fluency and copies. */
  readonly corpus?: readonly Words[];
  /** Rows that the model has not seen: what fluency real text has. */
  readonly heldOut?: readonly Words[];
  readonly ngram?: NgramOptions;
  /** Language models beside the n-gram model of the corpus. */
  readonly fluency?: readonly FluencyJudge[];
  readonly judges?: readonly Judge[];
}

export interface Fluency {
  /** Of the samples. */
  readonly natsPerToken: number;
  readonly references?: number;
  readonly heldOut?: number;
}

export interface RunReport {
  readonly texts: number;
  readonly perGuide: Readonly<Record<string, GuideReport>>;
  /** Guides of the run that no judge knows. */
  readonly unjudged: readonly string[];
  /** Guides whose judge could not work: why, and what to do. */
  readonly gaps: Readonly<Record<string, string>>;
  /** Absent without a corpus, as `copies` is. */
  readonly fluency?: Fluency;
  /** By other language models, by the names of their judges. Absent where none is given. */
  readonly fluencyBy?: Readonly<Record<string, Fluency & { readonly by: string }>>;
  /** Share of different texts. */
  readonly distinct: number;
  /** Share of texts that are rows of the corpus. */
  readonly copies?: number;
  /** Texts that were cut by the end of the canvas. */
  readonly truncated: number;
  readonly lengths: Lengths;
}

/** Numbers on a run, from its samples alone: nothing is read or printed. @throws InputError where samples or targets cannot be judged */
export async function judgeRun(samples: readonly JudgedLine[], context: RunContext): Promise<RunReport> {
  const { options, references = samples.map(({ target }) => referenceOf(target)), corpus } = context;
  checkCounts(samples, options, references);
  const texts = samples.map(({ tokens }) => tokens);
  const { judges, unjudged } = judgesFor(options.flatMap(Object.keys), context.judges ?? standardJudges());
  const perGuide: Record<string, GuideReport> = {};
  const gaps: Record<string, string> = {};
  for (const [label, judge] of judges) {
    const own = options.map((guides) => guides[label]);
    const report = await reportOnGuide(judge, texts, own, references).catch(gapOnly);
    if (report instanceof JudgeUnavailable) gaps[label] = report.message;
    else perGuide[label] = report;
  }
  const fluencyBy = await fluencyByModels(texts, references, context, gaps);
  return {
    texts: samples.length,
    perGuide,
    unjudged,
    gaps,
    ...(corpus && { fluency: fluencyOf(texts, references, corpus, context), copies: copiedShare(texts, corpus) }),
    ...(Object.keys(fluencyBy).length > 0 && { fluencyBy }),
    distinct: distinctShare(texts),
    truncated: samples.filter(({ truncated }) => truncated === true).length,
    lengths: lengths(texts),
  };
}

/** What a judge cannot do leaves a gap; anything else is thrown. */
function gapOnly(error: unknown): JudgeUnavailable {
  if (error instanceof JudgeUnavailable) return error;
  throw error;
}

/**
 * The reference that a target carries: the words of its field `words`, or the text of its field `ref`.
 *
 * @param taken fields from which guides take an option, which are what is asked for
 */
export function referenceOf(target: unknown, taken: ReadonlySet<string> = new Set()): Words | undefined {
  if (!isRecord(target)) return undefined;
  const [words, ref] = ['words', 'ref'].map((field) => (taken.has(field) ? undefined : target[field]));
  const reference = isWords(words) ? words : typeof ref === 'string' ? splitWords(ref) : [];
  return reference.length > 0 ? reference : undefined;
}

function checkCounts(samples: readonly JudgedLine[], options: readonly unknown[], references: readonly unknown[]): void {
  if (samples.length === 0)
    throw inputError('samples', 'expected at least one sample to judge, got none: has the run written any?');
  const problems: Problem[] = Object.entries({ options, references })
    .filter(([, list]) => list.length !== samples.length)
    .map(([name, list]) => ({
      path: `/${name}`,
      message: `expected one a sample, got ${list.length} for ${samples.length} samples`,
    }));
  if (problems.length > 0) throw new InputError('samples', problems);
}

function fluencyOf(
  texts: readonly Words[],
  references: readonly (Words | undefined)[],
  corpus: readonly Words[],
  context: RunContext,
): Fluency {
  const model = trainNgram(corpus, context.ngram);
  const known = references.filter((words) => words !== undefined);
  const { heldOut = [] } = context;
  return {
    natsPerToken: model.natsPerToken(texts),
    ...(known.length > 0 && { references: model.natsPerToken(known) }),
    ...(heldOut.length > 0 && { heldOut: model.natsPerToken(heldOut) }),
  };
}

/** @param gaps gets what could not be judged */
async function fluencyByModels(
  texts: readonly Words[],
  references: readonly (Words | undefined)[],
  { fluency = [], heldOut = [] }: RunContext,
  gaps: Record<string, string>,
): Promise<NonNullable<RunReport['fluencyBy']>> {
  const known = references.filter((words) => words !== undefined);
  const figures: Record<string, Fluency & { by: string }> = {};
  for (const judge of fluency) {
    const measured = await fluencyBy(judge, texts, known, heldOut).catch(gapOnly);
    if (measured instanceof JudgeUnavailable) gaps[`fluency by ${judge.name}`] = measured.message;
    else figures[judge.name] = { by: judge.by, ...measured };
  }
  return figures;
}

async function fluencyBy(
  judge: FluencyJudge,
  texts: readonly Words[],
  references: readonly Words[],
  heldOut: readonly Words[],
): Promise<Fluency> {
  const natsPerToken = async (rows: readonly Words[]): Promise<number> => {
    const costs = await judge.nats(rows);
    return sum(costs.map(({ nats }) => nats)) / sum(costs.map(({ tokens }) => tokens));
  };
  return {
    natsPerToken: await natsPerToken(texts),
    ...(references.length > 0 && { references: await natsPerToken(references) }),
    ...(heldOut.length > 0 && { heldOut: await natsPerToken(heldOut) }),
  };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
