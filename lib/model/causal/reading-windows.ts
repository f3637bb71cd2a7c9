/** A stretch of a text that a model reads at once. */
export interface Window {
  /** What begins a text, and the tokens. */
  readonly ids: readonly number[];
  /** The first place whose next token counts; those before it only give context. */
  readonly from: number;
}

/**
 * A text in windows of at most `length` tokens, in which each token but `start` counts once. A text that is longer than a window is
 * read as if it began anew half a window before each part: an approximation, its costs are a little too high.
 *
 * @param start what begins a text
 */
export function windowsOf(start: number, tokens: readonly number[], length: number): Window[] {
  const room = length - 1; // beside START
  const windows: Window[] = [];
  for (let counted = 0; counted < tokens.length;) {
    const begin = counted === 0 ? 0 : counted - Math.floor(room / 2);
    const end = Math.min(tokens.length, begin + room);
    windows.push({ ids: [start, ...tokens.slice(begin, end)], from: counted - begin });
    counted = end;
  }
  return windows;
}
