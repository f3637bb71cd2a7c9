import { labels } from '../config/document.js';

/** Number of colours in the style sheet, `--c0` and on. */
const COLOURS = 8;

/** Returns the colour of a clause on the board, in plots and in words, by its label and the labels of its config. */
export function colourOf(label: string | undefined, among: Iterable<string> = labels.value.values()): string {
  const index = label === undefined ? -1 : [...among].indexOf(label);
  return index < 0 ? 'var(--rule)' : `var(--c${index % COLOURS})`;
}
