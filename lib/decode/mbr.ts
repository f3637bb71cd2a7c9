import { clippedMatches, ngramCounts } from '../text/ngram-counts.js';

/**
 * Computes BLEU-4 of a candidate against one reference with add-one smoothing of the longer n-grams (Lin and Och 2004, BLEU+1). It is the
 * gain of a choice among single sentences; the BLEU of `lib/metrics` compares whole runs, and does not smooth.
 */
export function sentenceBleu(candidate: readonly string[], reference: readonly string[]): number {
  if (candidate.length === 0) return reference.length === 0 ? 1 : 0;
  let logPrecision = 0;
  for (let n = 1; n <= 4; n++) {
    const smoothing = n === 1 ? 0 : 1;
    const wanted = ngramCounts(reference, n);
    const { matched, all } = clippedMatches(ngramCounts(candidate, n), (ngram) => wanted.get(ngram) ?? 0);
    if (matched + smoothing === 0) return 0;
    logPrecision += Math.log((matched + smoothing) / (all + smoothing)) / 4;
  }
  const brevity = Math.min(0, 1 - reference.length / candidate.length);
  return Math.exp(logPrecision + brevity);
}

/**
 * Chooses by minimum Bayes risk (Kumar and Byrne 2004) the candidate that is most like the others by BLEU.
 *
 * @returns its index; the first of equals
 */
export function mbrChoice(candidates: readonly (readonly string[])[]): number {
  const gains = candidates.map((candidate, i) =>
    candidates.reduce((sum, other, j) => (i === j ? sum : sum + sentenceBleu(candidate, other)), 0),
  );
  return gains.indexOf(Math.max(...gains));
}
