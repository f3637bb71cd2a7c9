/** A part of a text that a model reads at once. */
export interface Window {
  /** The start token and the tokens of the window. */
  readonly ids: readonly number[];
  /** Index of the first position whose next token counts; earlier ones only give context. */
  readonly from: number;
}

/**
 * Splits a text into windows of at most `length` tokens in which each token but `start` counts once. Each part of a longer text is
 * read as if the text started half a window before it: an approximation that overstates costs slightly.
 *
 * @param start token that starts a text
 */
export function windowsOf(start: number, tokens: readonly number[], length: number): Window[] {
  const room = length - 1; // next to START
  const windows: Window[] = [];
  for (let counted = 0; counted < tokens.length;) {
    const begin = counted === 0 ? 0 : counted - Math.floor(room / 2);
    const end = Math.min(tokens.length, begin + room);
    windows.push({ ids: [start, ...tokens.slice(begin, end)], from: counted - begin });
    counted = end;
  }
  return windows;
}
