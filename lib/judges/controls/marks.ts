import type { Mark } from '../judge.js';

/** Marks words `start` to `end` - 1 of a text, as far as it has them; where it has none of them, the place where they are missing. */
export function markWords(words: readonly string[], start: number, end: number, note: string): Mark {
  const within = (place: number): number => Math.min(place, words.length);
  return { start: within(start), end: within(end), note };
}

/** Marks that something is missing behind the last word. */
export const markEnd = ({ length }: readonly string[], note: string): Mark => ({ start: length, end: length, note });
