/**
 * Wants short words: minus `strength` nats for each letter that a word has on average.
 *
 * @param tokens the words of a text, punctuation too
 * @param argument of the config; strength 4 by default
 * @returns nats
 */
export default function shortWords(_text: string, tokens: readonly string[], argument?: { strength?: number }): number {
  const words = tokens.filter((token) => /\w/.test(token));
  if (words.length === 0) return -Infinity;
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  return (-(argument?.strength ?? 4) * letters) / words.length;
}
