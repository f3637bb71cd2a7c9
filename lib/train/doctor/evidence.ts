import { trainNgram } from '../../judges/fluency/ngram.js';
import { countTokens } from '../../text/vocabulary.js';
import type { LogLine } from '../log.js';

type Tokens = readonly string[];

/** What was seen of a model; a part that could not be measured is left out. */
export interface ModelEvidence {
  readonly settings: Settings;
  /** Lines of the training log, oldest first. */
  readonly log: readonly LogLine[];
  /** Cross-entropy on held-out rows in nats per token by noise level, such as `time 0.2`. */
  readonly levels?: Readonly<Record<string, number>>;
  readonly corpus?: CorpusFacts;
  readonly samples?: SampleFacts;
}

/** The settings that findings change. */
export interface Settings {
  readonly maxTokens: number;
  readonly vocabularySize: number;
  /** Of the training; left out if only the model is known. */
  readonly training?: {
    readonly steps: number;
    readonly peakLearningRate: number;
    readonly minCount: number | undefined;
    readonly isFineTuning: boolean;
  };
}

/** The rows of a corpus, tokenized, those that are too long for the model too. */
export interface CorpusRows {
  readonly all: readonly Tokens[];
  /** CorpusRows that n-grams are counted in. */
  readonly counted: readonly Tokens[];
  /** CorpusRows whose cost is compared with that of texts; at least one. */
  readonly held: readonly Tokens[];
}

export interface CorpusFacts {
  readonly rows: number;
  /** Share of the rows with more than maxTokens - 2 tokens, 0 to 1. */
  readonly tooLong: number;
  /** Number of tokens that 99 % of the rows have at most. */
  readonly longest: number;
  /** Share of the tokens that the vocabulary lacks, 0 to 1. */
  readonly unknown: number;
  /** The largest `minCount` under which at most 2 % of the tokens are unknown. */
  readonly minCountFor2Percent: number;
}

export interface SampleFacts {
  readonly count: number;
  /** Share of the texts that are rows of the training corpus, 0 to 1. */
  readonly copies: number;
  readonly distinct: number;
  readonly meanTokens: number;
  readonly corpusMeanTokens: number;
  /** Nats per token under a 4-gram model of the training rows. */
  readonly nats: number;
  /** The same of held-out rows. */
  readonly heldNats: number;
}

/**
 * Cross-entropy of models/e2e on its first 128 held-out rows by noise level, in nats per token (docs/training.md). Levels under 0.3 are
 * near 0 for every corpus, since the words can be read off; those above depend on how varied the texts are.
 */
export const REFERENCE: Readonly<Record<string, number>> = {
  ...{ 'time 0.2': 0.047, 'time 0.4': 0.308, 'time 0.5': 0.526, 'time 0.6': 0.803 },
  ...{ 'time 0.7': 1.474, 'time 0.8': 2.199, 'time 0.9': 3.233 },
};

/** Measures the rows of a corpus against a vocabulary. */
export function corpusFacts(rows: readonly Tokens[], knows: (token: string) => boolean, maxTokens: number): CorpusFacts {
  const lengths = rows.map((row) => row.length).sort((a, b) => a - b);
  const counts = [...countTokens(rows)];
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const shareOf = (isUnknown: (token: string, count: number) => boolean): number =>
    counts.reduce((sum, [token, count]) => sum + (isUnknown(token, count) ? count : 0), 0) / Math.max(1, total);
  let minCount = 10;
  while (minCount > 1 && shareOf((_, count) => count < minCount) > 0.02) minCount--;
  return {
    rows: rows.length,
    tooLong: rows.filter((row) => row.length > maxTokens - 2).length / rows.length,
    longest: lengths[Math.ceil(0.99 * lengths.length) - 1]!,
    unknown: shareOf((token) => !knows(token)),
    minCountFor2Percent: minCount,
  };
}

/** Measures texts of a model against the rows of its corpus. */
export function sampleFacts(samples: readonly Tokens[], { all, counted, held }: CorpusRows): SampleFacts {
  const known = new Set(all.map((row) => row.join(' ')));
  const ngram = trainNgram(counted, { minCount: 1 });
  return {
    count: samples.length,
    copies: samples.filter((text) => known.has(text.join(' '))).length / samples.length,
    distinct: new Set(samples.map((text) => text.join(' '))).size / samples.length,
    meanTokens: mean(samples.map((text) => text.length)),
    corpusMeanTokens: mean(all.map((row) => row.length)),
    nats: ngram.natsPerToken(samples),
    heldNats: ngram.natsPerToken(held),
  };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
