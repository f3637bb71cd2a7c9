interface Argument {
  readonly strength?: number;
}

/**
 * Wants many different words: `strength` nats for each.
 *
 * @param tokens the words of a text, punctuation too
 * @param argument of the config; strength 1 by default
 * @returns nats
 */
export default function manyWords(_text: string, tokens: readonly string[], argument?: Argument): number {
  return (argument?.strength ?? 1) * new Set(tokens).size;
}

/**
 * The same of token probabilities, for "via": "posterior". A word stands in the text unless it stands at no place, so it counts
 * 1 - prod over places of (1 - p), and one place more or less for it counts the product over the other places.
 *
 * @param probs of each place of the text the probability of each word
 * @param words the columns of `probs`
 * @returns nats, and their derivative by each probability
 */
export function expected(probs: readonly Float32Array[], words: readonly string[], argument?: Argument) {
  const strength = argument?.strength ?? 1;
  const gradient = probs.map(() => new Float32Array(words.length));
  let value = 0;
  words.forEach((_, v) => {
    let before = 1; // the word stands at no place so far
    probs.forEach((row, i) => {
      gradient[i]![v] = strength * before;
      before *= 1 - row[v]!;
    });
    value += strength * (1 - before);
    let behind = 1;
    for (let i = probs.length - 1; i >= 0; i--) {
      gradient[i]![v]! *= behind;
      behind *= 1 - probs[i]![v]!;
    }
  });
  return { value, gradient };
}
