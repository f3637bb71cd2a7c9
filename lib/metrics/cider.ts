import { ngramCounts, type NgramCounts } from '../text/ngram-counts.js';

type Words = readonly string[];

const ORDERS = [1, 2, 3, 4] as const;
/** Standard deviation of the penalty on differences in length, words. */
const SIGMA = 6;

/**
 * Computes CIDEr-D (Vedantam et al. 2015, section 4 and equation 5): cosine of tf-idf vectors of n-grams, the text's clipped to the reference's,
 * times a Gaussian penalty on the difference in length, mean over n from 1 to 4, times 10. This is what the COCO code prints as "CIDEr";
 * papers often give 100 times that.
 * Rare n-grams weigh more: idf = ln(targets / targets whose reference has the n-gram), so call `addReference` for every target first.
 */
export class Cider {
  readonly #frequencies = ORDERS.map(() => new Map<string, number>());
  #targets = 0;

  /** Counts the n-grams of the reference of one target, for idf. */
  addReference(reference: Words): void {
    this.#targets++;
    ORDERS.forEach((order, n) => {
      const frequencies = this.#frequencies[n]!;
      for (const ngram of ngramCounts(reference, order).keys()) frequencies.set(ngram, (frequencies.get(ngram) ?? 0) + 1);
    });
  }

  /** Returns the score of a text, 0 to 10. */
  score(words: Words, reference: Words): number {
    const similarities = ORDERS.map((order, n) => this.#similarity(ngramCounts(words, order), ngramCounts(reference, order), n));
    const penalty = Math.exp(-((words.length - reference.length) ** 2) / (2 * SIGMA ** 2));
    return (10 * penalty * similarities.reduce((a, b) => a + b, 0)) / ORDERS.length;
  }

  #similarity(text: NgramCounts, reference: NgramCounts, n: number): number {
    let [product, ofText, ofReference] = [0, 0, 0];
    for (const [ngram, count] of text) {
      const idf = this.#idf(ngram, n);
      const expected = (reference.get(ngram) ?? 0) * idf;
      product += Math.min(count * idf, expected) * expected;
      ofText += (count * idf) ** 2;
    }
    for (const [ngram, count] of reference) ofReference += (count * this.#idf(ngram, n)) ** 2;
    return ofText === 0 || ofReference === 0 ? 0 : product / Math.sqrt(ofText * ofReference);
  }

  #idf(ngram: string, n: number): number {
    return Math.log(this.#targets) - Math.log(Math.max(1, this.#frequencies[n]!.get(ngram) ?? 0));
  }
}
