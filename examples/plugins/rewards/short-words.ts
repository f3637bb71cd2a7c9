interface Argument {
  readonly strength?: number;
}

/**
 * Rewards short words: minus `strength` nats per letter of the mean word length.
 *
 * @param tokens the words of a text, punctuation included
 * @param argument from the config; strength is 4 by default
 * @returns nats
 */
export default function shortWords(_text: string, tokens: readonly string[], argument?: Argument): number {
  const words = tokens.filter(isWord);
  if (words.length === 0) return -Infinity;
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  return (-(argument?.strength ?? 4) * letters) / words.length;
}

/**
 * The same reward under token probabilities, for "via": "posterior": the expected letters over the expected words.
 *
 * @param probs for each position of the text the probability of each word
 * @param words the columns of `probs`
 * @returns nats, and their derivative with respect to each probability
 */
export function expected(probs: readonly Float32Array[], words: readonly string[], argument?: Argument) {
  const strength = argument?.strength ?? 4;
  const lengths = words.map((word) => (isWord(word) ? word.length : 0));
  const ofText = (sizes: readonly number[]) =>
    probs.reduce((sum, row) => sum + row.reduce((of, p, v) => of + p * sizes[v]!, 0), 0);
  const count = ofText(lengths.map(Math.sign));
  if (count === 0) return { value: -Infinity, gradient: probs.map((row) => row.map(() => 0)) };
  const mean = ofText(lengths) / count;
  const slopes = lengths.map((length) => (length === 0 ? 0 : (-strength * (length - mean)) / count));
  return { value: -strength * mean, gradient: probs.map(() => slopes) };
}

const isWord = (token: string): boolean => /\w/.test(token);
