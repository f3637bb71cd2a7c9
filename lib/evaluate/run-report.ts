import { inputError, InputError, type Problem } from '../errors.js';
import type { Judge } from './judge.js';
import { trainNgram, type NgramOptions } from './ngram.js';
import { judgesFor, standardJudges } from './registry.js';
import { isRecord, isWords } from './targets.js';
import { copiedShare, distinctShare, lengths, mean, type Lengths } from './texts.js';

type Words = readonly string[];

/** A line of samples.jsonl. */
export interface SampleLine {
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
  /** One a sample: a person's text for the same target, or undefined. By default the target's `words`. */
  readonly references?: readonly (Words | undefined)[];
  /** Rows of the training corpus: for fluency and copies. */
  readonly corpus?: readonly Words[];
  /** Rows that the model has not seen: what fluency real text has. */
  readonly heldOut?: readonly Words[];
  readonly ngram?: NgramOptions;
  readonly judges?: readonly Judge[];
}

export interface GuideReport {
  /** Mean score of the texts that had the guide, 0 to 1. */
  readonly mean: number;
  /** Share of those texts that score 1. */
  readonly perfect: number;
  /** How many they are. */
  readonly n: number;
  /** Mean score that the judge gives the references: it errs, and no text can be expected to do better. */
  readonly ceiling?: number;
  /** Mean score, over the texts whose target has a reference, as a share of the ceiling. */
  readonly shareOfCeiling?: number;
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
  /** Absent without a corpus, as `copies` is. */
  readonly fluency?: Fluency;
  /** Share of different texts. */
  readonly distinct: number;
  /** Share of texts that are rows of the corpus. */
  readonly copies?: number;
  /** Texts that were cut by the end of the canvas. */
  readonly truncated: number;
  readonly lengths: Lengths;
}

/** Numbers on a run, from its samples alone: nothing is read or printed. @throws InputError where samples or targets cannot be judged */
export async function judgeRun(samples: readonly SampleLine[], context: RunContext): Promise<RunReport> {
  const { options, references = samples.map(({ target }) => referenceOf(target)), corpus } = context;
  checkCounts(samples, options, references);
  const texts = samples.map(({ tokens }) => tokens);
  const { judges, unjudged } = judgesFor(options.flatMap(Object.keys), context.judges ?? standardJudges());
  const perGuide: Record<string, GuideReport> = {};
  for (const judge of judges) perGuide[judge.name] = await judgeGuide(judge, texts, options, references);
  return {
    texts: samples.length,
    perGuide,
    unjudged,
    ...(corpus && { fluency: fluencyOf(texts, references, corpus, context), copies: copiedShare(texts, corpus) }),
    distinct: distinctShare(texts),
    truncated: samples.filter(({ truncated }) => truncated === true).length,
    lengths: lengths(texts),
  };
}

/** The reference that a target carries in its field `words`. */
export function referenceOf(target: unknown): Words | undefined {
  const words = isRecord(target) ? target['words'] : undefined;
  return isWords(words) && words.length > 0 ? words : undefined;
}

function checkCounts(samples: readonly SampleLine[], options: readonly unknown[], references: readonly unknown[]): void {
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

async function judgeGuide(
  judge: Judge,
  texts: readonly Words[],
  options: RunContext['options'],
  references: readonly (Words | undefined)[],
): Promise<GuideReport> {
  const guided = [...texts.keys()].filter((i) => judge.name in options[i]!);
  const compared = guided.filter((i) => references[i] !== undefined);
  const values = async (of: readonly (Words | undefined)[], which: readonly number[]): Promise<number[]> => {
    const scores = await judge.score(
      which.map((i) => of[i]!),
      which.map((i) => options[i]![judge.name]),
    );
    return scores.map(({ value }) => value);
  };
  const own = await values(texts, guided);
  const report = { mean: mean(own), perfect: own.filter((v) => v === 1).length / own.length, n: own.length };
  if (compared.length === 0) return report;
  const ceiling = mean(await values(references, compared));
  if (ceiling === 0) return { ...report, ceiling };
  const ofCompared = mean(own.filter((_, k) => references[guided[k]!] !== undefined));
  return { ...report, ceiling, shareOfCeiling: ofCompared / ceiling };
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
