import { clippedMatches, ngramCounts, type NgramCounts, type NgramMatches } from '../text/ngram-counts.js';

type Words = readonly string[];

const ORDERS = [1, 2, 3, 4] as const;

/** The counts that BLEU sums over texts before it divides. */
export interface BleuCounts {
  /** Clipped matches of the n-grams of the text with its references; n from 1 to 4. */
  readonly matched: readonly number[];
  /** All n-grams of the text; n from 1 to 4. */
  readonly all: readonly number[];
  /** Length of the text, words. */
  readonly length: number;
  /** Length of the reference that is closest in length, words; the shorter one of two. */
  readonly reference: number;
}

/** Counts the matches of one text with at least one reference (Papineni et al. 2002, section 2.1). */
export function bleuCounts(words: Words, references: readonly Words[]): BleuCounts {
  const perOrder = ORDERS.map((order) => clippedMatches(ngramCounts(words, order), mostOften(references, order)));
  return { ...summed(perOrder), length: words.length, reference: nearestLength(words.length, references) };
}

/**
 * Computes BLEU-4, 0 to 1: the brevity penalty times the geometric mean of the four precisions (Papineni et al. 2002, section 2.3).
 *
 * @param smoothing replaces a count of no matches. Default 0; 0.1 is NLTK's `method1`, for single texts
 */
export function bleu({ matched, all, length, reference }: BleuCounts, smoothing = 0): number {
  if (length === 0) return 0;
  let logPrecision = 0;
  for (let n = 0; n < ORDERS.length; n++) {
    const hits = Math.max(matched[n]!, smoothing);
    if (hits === 0) return 0;
    logPrecision += Math.log(hits / Math.max(1, all[n]!)) / ORDERS.length;
  }
  const brevity = length > reference ? 1 : Math.exp(1 - reference / length);
  return brevity * Math.exp(logPrecision);
}

/**
 * Computes self-BLEU (Zhu et al. 2018): the mean BLEU-4 of each text with all others as references, smoothed by 0.1. It is high if the
 * texts resemble each other, and 0 for a single text.
 */
export function selfBleu(texts: readonly Words[]): number {
  if (texts.length < 2) return 0;
  const counts = ORDERS.map((order) => texts.map((words) => ngramCounts(words, order)));
  const most = counts.map(twoLargest);
  const lengths = texts.map((words) => words.length);
  const scores = texts.map((words, text) => {
    const perOrder = counts.map((ofTexts, n) => {
      const others = (ngram: string): number => {
        const { first, owner, second } = most[n]!.get(ngram)!;
        return owner === text ? second : first;
      };
      return clippedMatches(ofTexts[text]!, others);
    });
    const nearest = nearestOf(
      words.length,
      lengths.filter((_, other) => other !== text),
    );
    return bleu({ ...summed(perOrder), length: words.length, reference: nearest }, 0.1);
  });
  return scores.reduce((a, b) => a + b, 0) / texts.length;
}

interface Largest {
  /** The largest count in one text, which is `owner`; `second` is the largest in any other text. */
  first: number;
  owner: number;
  second: number;
}

function twoLargest(texts: readonly NgramCounts[]): Map<string, Largest> {
  const largest = new Map<string, Largest>();
  texts.forEach((counts, text) => {
    for (const [ngram, count] of counts) {
      const known = largest.get(ngram);
      if (known === undefined) largest.set(ngram, { first: count, owner: text, second: 0 });
      else if (count > known.first) largest.set(ngram, { first: count, owner: text, second: known.first });
      else known.second = Math.max(known.second, count);
    }
  });
  return largest;
}

function mostOften(references: readonly Words[], order: number): (ngram: string) => number {
  const all = references.map((words) => ngramCounts(words, order));
  return (ngram) => all.reduce((most, counts) => Math.max(most, counts.get(ngram) ?? 0), 0);
}

const summed = (perOrder: readonly NgramMatches[]): Pick<BleuCounts, 'matched' | 'all'> => ({
  matched: perOrder.map(({ matched }) => matched),
  all: perOrder.map(({ all }) => all),
});

const nearestLength = (length: number, references: readonly Words[]): number =>
  nearestOf(
    length,
    references.map((words) => words.length),
  );

const nearestOf = (length: number, lengths: readonly number[]): number =>
  lengths.reduce((best, other) => {
    const [near, known] = [Math.abs(other - length), Math.abs(best - length)];
    return near < known || (near === known && other < best) ? other : best;
  });
