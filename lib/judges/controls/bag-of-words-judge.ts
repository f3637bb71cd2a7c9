import { inputError } from '../../base/errors.js';
import { keyOf, permutation, split } from '../../base/random.js';

export interface LabelledText {
  readonly words: readonly string[];
  readonly label: string;
}

/** Tells labels apart by the words and pairs of words of a text. */
export interface LabelClassifier {
  /** In code-unit order. */
  readonly labels: readonly string[];
  /** Texts that it was not fitted to: how many, and the share whose label it finds. */
  readonly heldOut: { readonly texts: number; readonly accuracy: number };
  /** Probabilities of the labels given a text; they sum to 1. */
  probabilities(words: readonly string[]): readonly number[];
  /** What speaks for a label and not for another in a text, the strongest first; with the bias its nats add up to the log-odds. */
  evidence(words: readonly string[], label: string, other: string): readonly Evidence[];
}

/** A word, or two neighbours: words `start` to `end` - 1 of a text, where they stand first. */
export interface Evidence {
  readonly start: number;
  readonly end: number;
  /** Above 0 where they speak for the label. */
  readonly nats: number;
}

/** One text in so many is held out. */
const HELD_OUT = 5;
const PASSES = 20;
const STEP = 0.2;
/** Of the squared weights, a text: with few texts it keeps their own words from deciding alone. */
const PENALTY = 1e-4;

/**
 * Fits a multinomial logistic regression on the words and pairs of words that stand in a text, in lower case, to four texts in five
 * (AdaGrad, Duchi et al. 2011, the same each time), and measures it on the fifth.
 * @throws InputError where there are fewer than two labels, or too few texts to hold any out
 */
export function fitLabelClassifier(texts: readonly LabelledText[]): LabelClassifier {
  const labels = [...new Set(texts.map(({ label }) => label))].sort();
  const isHeld = (i: number) => i % HELD_OUT === HELD_OUT - 1;
  const fitted = texts.filter((_, i) => !isHeld(i));
  const held = texts.filter((_, i) => isHeld(i));
  if (labels.length < 2 || held.length === 0)
    throw inputError(
      'labels',
      `expected ${HELD_OUT} texts or more of two labels or more, got ${texts.length} of ${labels.length}`,
    );
  const features = featuresOf(fitted);
  const weights = fit(fitted, features, labels);
  const probabilities = (words: readonly string[]) => [...softmax(scores(weights, idsOf(words, features), labels.length))];
  const right = held.filter(({ words, label }) => labels[largest(probabilities(words))] === label).length;
  const evidence: LabelClassifier['evidence'] = (words, label, other) => {
    const [row, column] = [labels.indexOf(label), labels.indexOf(other)];
    return [...featuresIn(words)]
      .flatMap(([feature, place]) => {
        const at = (features.get(feature) ?? NaN) * labels.length;
        return at >= 0 ? [{ ...place, nats: weights[at + row]! - weights[at + column]! }] : []; // others have no weight
      })
      .sort((a, b) => b.nats - a.nats);
  };
  return { labels, heldOut: { texts: held.length, accuracy: right / held.length }, probabilities, evidence };
}

/** The place of the largest number. */
export const largest = (values: readonly number[]): number => values.indexOf(Math.max(...values));

/** Words and pairs of neighbours, each where it stands first; the ends of the text are neighbours too. */
function featuresIn(words: readonly string[]): Map<string, Pick<Evidence, 'start' | 'end'>> {
  const lower = words.map((word) => word.toLowerCase());
  const { length } = words;
  const singles = lower.map((word, i) => [word, { start: i, end: i + 1 }] as const);
  const pairs = ['', ...lower].map(
    (word, i) => [`${word} ${lower[i] ?? ''}`, { start: Math.max(0, i - 1), end: Math.min(i + 1, length) }] as const,
  );
  return new Map([...singles, ...pairs].reverse()); // of equals the first one stays
}

function featuresOf(texts: readonly LabelledText[]): ReadonlyMap<string, number> {
  const all = new Set(texts.flatMap(({ words }) => [...featuresIn(words).keys()]));
  return new Map([...all].map((feature, id) => [feature, id + 1])); // 0 is the bias, in every text
}

const idsOf = (words: readonly string[], features: ReadonlyMap<string, number>): number[] => [
  0,
  ...[...featuresIn(words).keys()].flatMap((feature) => features.get(feature) ?? []),
];

/** Weights [features, labels]. */
function fit(texts: readonly LabelledText[], features: ReadonlyMap<string, number>, labels: readonly string[]): Float64Array {
  const count = labels.length;
  const rows = texts.map(({ words, label }) => ({ ids: idsOf(words, features), label: labels.indexOf(label) }));
  const weights = new Float64Array((features.size + 1) * count);
  const squares = new Float64Array(weights.length); // of the gradients so far
  for (let pass = 0; pass < PASSES; pass++) {
    for (const r of permutation(split(keyOf(0), pass), rows.length)) {
      const { ids, label } = rows[r]!;
      const probs = softmax(scores(weights, ids, count));
      for (const id of ids) {
        for (let c = 0, at = id * count; c < count; c++, at++) {
          const gradient = probs[c]! - (c === label ? 1 : 0) + PENALTY * weights[at]!;
          squares[at]! += gradient * gradient;
          weights[at]! -= (STEP * gradient) / (Math.sqrt(squares[at]!) + 1e-8);
        }
      }
    }
  }
  return weights;
}

function scores(weights: Float64Array, ids: readonly number[], count: number): Float64Array {
  const sums = new Float64Array(count);
  for (const id of ids) for (let c = 0; c < count; c++) sums[c]! += weights[id * count + c]!;
  return sums;
}

function softmax(logits: Float64Array): Float64Array {
  const most = Math.max(...logits);
  const powers = logits.map((value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((value) => value / sum);
}
