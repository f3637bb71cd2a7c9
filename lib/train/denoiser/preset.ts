import type { TrainConfig } from '../../config/index.js';

/** The facts about a corpus that sizes follow from. */
export interface CorpusSize {
  readonly rows: number;
  readonly tokens: number;
  /** Number of tokens that 99 % of the rows have at most. */
  readonly longest: number;
}

/** The fields that follow from a corpus or a base; those that a config gives count more. */
export interface ChosenFields {
  readonly tokenizer:
    { readonly name: 'words' | 'characters'; readonly minCount: number } | { readonly name: 'file'; readonly path: string };
  readonly model: Partial<TrainConfig['model']>;
  readonly optimizer: Partial<TrainConfig['optimizer']>;
  readonly validation: Partial<TrainConfig['validation']>;
}

/** Measures a corpus. @param lengths tokens per row, at least one row */
export function corpusSize(lengths: readonly number[]): CorpusSize {
  const sorted = [...lengths].sort((a, b) => a - b);
  const longest = sorted[Math.min(sorted.length - 1, Math.ceil(0.99 * sorted.length) - 1)]!;
  return { rows: lengths.length, tokens: lengths.reduce((a, b) => a + b, 0), longest };
}

/** Network and epochs by the tokens of a corpus: `upTo` is exclusive. */
const SIZES = [
  { upTo: 30_000, layers: 2, width: 128, heads: 4, batchSize: 16, epochs: 40 },
  { upTo: 300_000, layers: 3, width: 192, heads: 6, batchSize: 32, epochs: 30 },
  { upTo: Infinity, layers: 4, width: 256, heads: 8, batchSize: 32, epochs: 4 },
] as const;

const clamped = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, Math.round(value)));

/** Returns the sizes for a training from nothing. The largest is that of configs/train-e2e.json. */
export function presetFor(size: CorpusSize): ChosenFields {
  const { layers, width, heads, batchSize, epochs } = SIZES.find(({ upTo }) => size.tokens < upTo)!;
  const steps = clamped((epochs * size.rows) / batchSize, 800, 12_000);
  return {
    tokenizer: { name: 'words', minCount: size.tokens < 30_000 ? 1 : size.tokens < 300_000 ? 2 : 4 },
    model: { maxTokens: roundedUp(size.longest), layers, width, heads, feedForward: 4 * width },
    optimizer: { steps, batchSize, peakLearningRate: 1.2e-3, warmupSteps: 100, emaDecay: steps < 3000 ? 0.995 : 0.999 },
    validation: { everySteps: Math.ceil(steps / 10), patience: 3 },
  };
}

/** Returns the sequence length for rows of so many tokens: START, END and the next multiple of 4. */
export const roundedUp = (tokens: number): number => clamped(4 * Math.ceil((tokens + 2) / 4), 8, 1024);

/** Returns the length of a training that starts from a model: 20 epochs, within bounds. */
export function fineTuning({ rows }: Pick<CorpusSize, 'rows'>): Pick<ChosenFields, 'optimizer' | 'validation'> {
  const steps = clamped((20 * rows) / 32, 100, 3000);
  return {
    optimizer: {
      steps,
      batchSize: 32,
      peakLearningRate: 3e-4,
      warmupSteps: clamped(steps / 20, 5, 100),
      emaDecay: 0.99,
      layerDecay: 0.8,
    },
    validation: { everySteps: Math.ceil(steps / 10), patience: 3 },
  };
}
