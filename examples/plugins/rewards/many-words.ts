interface Argument {
  readonly strength?: number;
}

/**
 * Rewards each different word by `strength` nats.
 *
 * @param tokens the words of a text, punctuation included
 * @param argument from the config; strength is 1 by default
 * @returns nats
 */
export default function manyWords(_text: string, tokens: readonly string[], argument?: Argument): number {
  return (argument?.strength ?? 1) * new Set(tokens).size;
}

/**
 * The same reward under token probabilities, for "via": "posterior". A word counts 1 - the product of 1 - p over all positions, the
 * probability that it occurs; its slope at a position is the product over the other positions.
 *
 * @param probs for each position of the text the probability of each word
 * @param words the columns of `probs`
 * @returns nats, and their derivative with respect to each probability
 */
export function expected(probs: readonly Float32Array[], words: readonly string[], argument?: Argument) {
  const strength = argument?.strength ?? 1;
  const gradient = probs.map(() => new Float32Array(words.length));
  let value = 0;
  words.forEach((_, v) => {
    let before = 1; // probability that the word has not occurred yet
    probs.forEach((row, i) => {
      gradient[i]![v] = strength * before;
      before *= 1 - row[v]!;
    });
    value += strength * (1 - before);
    let after = 1;
    for (let i = probs.length - 1; i >= 0; i--) {
      gradient[i]![v]! *= after;
      after *= 1 - probs[i]![v]!;
    }
  });
  return { value, gradient };
}
