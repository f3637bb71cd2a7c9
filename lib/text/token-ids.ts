import type { Vocabulary } from './types.js';

/** Returns the ids of START, the words, END and PAD up to `maxTokens`: [L]; undefined if there are more than `maxTokens - 2` words. */
export function toTokenIds(tokens: readonly string[], vocabulary: Vocabulary, maxTokens: number): Int32Array | undefined {
  if (tokens.length > maxTokens - 2) return undefined;
  const { pad, unk, start, end } = vocabulary;
  const ids = new Int32Array(maxTokens).fill(pad); // [L]
  ids[0] = start;
  for (const [i, token] of tokens.entries()) ids[i + 1] = vocabulary.id(token) ?? unk;
  ids[tokens.length + 1] = end;
  return ids;
}

/**
 * Returns the tokens before the first END, without START and PAD; without an END the text is truncated. UNK stays, as its name.
 *
 * @param ids [L]
 */
export function fromTokenIds(ids: ArrayLike<number>, vocabulary: Vocabulary): { tokens: string[]; truncated: boolean } {
  const { pad, start, end, tokens: names } = vocabulary;
  const all = Array.from(ids);
  const stop = all.indexOf(end);
  const text = stop < 0 ? all : all.slice(0, stop);
  const tokens = text.filter((id) => id !== start && id !== pad).map((id) => names[id] as string);
  return { tokens, truncated: stop < 0 };
}
