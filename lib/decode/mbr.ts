/** BLEU-4 of a candidate against one reference with add-one smoothing of the longer n-grams (Lin and Och 2004). */
export function sentenceBleu(candidate: readonly string[], reference: readonly string[]): number {
  if (candidate.length === 0) return reference.length === 0 ? 1 : 0;
  let logPrecision = 0;
  for (let n = 1; n <= 4; n++) {
    const smoothing = n === 1 ? 0 : 1;
    const wanted = ngramCounts(reference, n);
    let matches = 0;
    for (const [gram, count] of ngramCounts(candidate, n)) matches += Math.min(count, wanted.get(gram) ?? 0);
    const total = Math.max(0, candidate.length - n + 1);
    if (matches + smoothing === 0) return 0;
    logPrecision += Math.log((matches + smoothing) / (total + smoothing)) / 4;
  }
  const brevity = Math.min(0, 1 - reference.length / candidate.length);
  return Math.exp(logPrecision + brevity);
}

/**
 * Minimum Bayes risk (Kumar and Byrne 2004): the candidate that is most like the others by BLEU.
 *
 * @returns its index; of equals the first
 */
export function mbrChoice(candidates: readonly (readonly string[])[]): number {
  const gains = candidates.map((candidate, i) =>
    candidates.reduce((sum, other, j) => (i === j ? sum : sum + sentenceBleu(candidate, other)), 0),
  );
  return gains.indexOf(Math.max(...gains));
}

function ngramCounts(words: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= words.length; i++) {
    const gram = words.slice(i, i + n).join(' ');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}
