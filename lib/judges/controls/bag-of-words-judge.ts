import { inputError } from '../../base/errors.js';
import { keyOf, permutation, split } from '../../base/random.js';

/** A text with its label. */
export interface LabelledText {
  readonly words: readonly string[];
  readonly label: string;
}

/** Tells the labels of texts apart by their words and pairs of adjacent words. */
export interface BagOfWordsJudge {
  /** In code-unit order. */
  readonly labels: readonly string[];
  /** Held-out texts: their number, and the share whose label it finds. */
  readonly heldOut: { readonly texts: number; readonly accuracy: number };
  /** Returns the probabilities of the labels given a text; they sum to 1. */
  probabilities(words: readonly string[]): readonly number[];
  /** Returns the evidence in a text for one label over another, strongest first; with the bias its nats sum to the log-odds. */
  evidence(words: readonly string[], label: string, other: string): readonly Evidence[];
}

/** A word or two adjacent words at their first position in a text: words `start` to `end` - 1. */
export interface Evidence {
  readonly start: number;
  readonly end: number;
  /** Above 0 for the label, below 0 for the other. */
  readonly nats: number;
}

export interface FitOptions {
  /** Returns whether a text, by its index, is held out. Default: every fifth. */
  readonly isHeld?: (index: number) => boolean;
  /** Whether the judge is fitted to all texts after it was measured on those held out. Default: false. */
  readonly refit?: boolean;
}

/** One text in this many is held out by default. */
const HELD_OUT = 5;
const PASSES = 20;
const STEP = 0.2;
/** L2 penalty per text: it keeps single words from deciding alone if there are few texts. */
const PENALTY = 1e-4;

/**
 * Fits a multinomial logistic regression on the words and pairs of words of a text, in lower case, to four texts in five (AdaGrad, Duchi et
 * al. 2011, deterministic), and measures it on the fifth.
 *
 * @param options another choice of texts to hold out, and whether the judge learns from them in the end
 * @throws InputError if there are fewer than two labels, or too few texts to hold any out
 */
export function fitBagOfWordsJudge(
  texts: readonly LabelledText[],
  { isHeld = (i) => i % HELD_OUT === HELD_OUT - 1, refit = false }: FitOptions = {},
): BagOfWordsJudge {
  const labels = [...new Set(texts.map(({ label }) => label))].sort();
  const fitted = texts.filter((_, i) => !isHeld(i));
  const held = texts.filter((_, i) => isHeld(i));
  if (labels.length < 2 || held.length === 0)
    throw inputError(
      'labels',
      `expected ${HELD_OUT} texts or more of two labels or more, got ${texts.length} of ${labels.length}`,
    );
  const measured = judgeOf(fitted, labels);
  const right = held.filter(({ words, label }) => labels[largest(measured.probabilities(words))] === label).length;
  const heldOut = { texts: held.length, accuracy: right / held.length };
  return { labels, heldOut, ...(refit ? judgeOf(texts, labels) : measured) };
}

function judgeOf(texts: readonly LabelledText[], labels: readonly string[]): Pick<BagOfWordsJudge, 'probabilities' | 'evidence'> {
  const features = featuresOf(texts);
  const weights = fit(texts, features, labels);
  const probabilities = (words: readonly string[]) => [...softmax(scores(weights, idsOf(words, features), labels.length))];
  const evidence: BagOfWordsJudge['evidence'] = (words, label, other) => {
    const [row, column] = [labels.indexOf(label), labels.indexOf(other)];
    return [...featuresIn(words)]
      .flatMap(([feature, position]) => {
        const at = (features.get(feature) ?? NaN) * labels.length;
        return at >= 0 ? [{ ...position, nats: weights[at + row]! - weights[at + column]! }] : []; // an unseen feature has no weight
      })
      .sort((a, b) => b.nats - a.nats);
  };
  return { probabilities, evidence };
}

/** Returns the index of the largest number. */
export const largest = (values: readonly number[]): number => values.indexOf(Math.max(...values));

/** Returns the words and adjacent pairs of a text at their first positions; the ends of the text count as words in pairs. */
function featuresIn(words: readonly string[]): Map<string, Pick<Evidence, 'start' | 'end'>> {
  const lower = words.map((word) => word.toLowerCase());
  const { length } = words;
  const singles = lower.map((word, i) => [word, { start: i, end: i + 1 }] as const);
  const pairs = ['', ...lower].map(
    (word, i) => [`${word} ${lower[i] ?? ''}`, { start: Math.max(0, i - 1), end: Math.min(i + 1, length) }] as const,
  );
  return new Map([...singles, ...pairs].reverse()); // a Map keeps the last of equal keys, so the first position wins
}

function featuresOf(texts: readonly LabelledText[]): ReadonlyMap<string, number> {
  const all = new Set(texts.flatMap(({ words }) => [...featuresIn(words).keys()]));
  return new Map([...all].map((feature, id) => [feature, id + 1])); // 0 is the bias, in every text
}

const idsOf = (words: readonly string[], features: ReadonlyMap<string, number>): number[] => [
  0,
  ...[...featuresIn(words).keys()].flatMap((feature) => features.get(feature) ?? []),
];

/** Returns the weights, [features, labels]. */
function fit(texts: readonly LabelledText[], features: ReadonlyMap<string, number>, labels: readonly string[]): Float64Array {
  const count = labels.length;
  const rows = texts.map(({ words, label }) => ({ ids: idsOf(words, features), label: labels.indexOf(label) }));
  const weights = new Float64Array((features.size + 1) * count);
  const squares = new Float64Array(weights.length); // sums of squared gradients
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
