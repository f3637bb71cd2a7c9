import type { Mark } from '../judge.js';

/** Marks words `start` to `end` - 1 of a text, as far as the text has them; if it has none of them, the position where they are missing. */
export function markWords(words: readonly string[], start: number, end: number, note: string): Mark {
  const within = (position: number): number => Math.min(position, words.length);
  return { start: within(start), end: within(end), note };
}

/** Marks that something is missing after the last word. */
export const markEnd = ({ length }: readonly string[], note: string): Mark => ({ start: length, end: length, note });
