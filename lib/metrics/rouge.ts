type Words = readonly string[];

/** Weight of recall: 1.2 as in the code of the COCO captions (Chen et al. 2015) and the papers that use it. */
const BETA = 1.2;

/**
 * Computes ROUGE-L of a text against a reference (Lin 2004, section 3.1): the F score of the longest common subsequence as a share of either,
 * (1 + beta^2) R P / (R + beta^2 P).
 */
export function rougeL(words: Words, reference: Words, beta = BETA): number {
  const common = longestCommonSubsequence(words, reference);
  if (common === 0) return 0;
  const [precision, recall] = [common / words.length, common / reference.length];
  return ((1 + beta ** 2) * recall * precision) / (recall + beta ** 2 * precision);
}

/** Returns the length of the longest common subsequence, words. */
export function longestCommonSubsequence(a: Words, b: Words): number {
  let above = new Array<number>(b.length + 1).fill(0);
  for (const word of a) {
    const row = [0];
    b.forEach((other, j) => row.push(word === other ? above[j]! + 1 : Math.max(above[j + 1]!, row[j]!)));
    above = row;
  }
  return above[b.length]!;
}
