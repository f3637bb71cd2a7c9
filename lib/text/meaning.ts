/** The values of a meaning representation by slot, such as those of `name[The Mill], food[Fast food]`. */
export type Meaning = ReadonlyMap<string, string>;

/** Longest text that is read, in characters; a longer one is no list of slots. */
const MAX_LENGTH = 10_000;

/**
 * Reads a meaning representation of the E2E dataset: `slot[value]`, separated by commas. A slot without a value is left out; if a slot
 * occurs twice, its first value counts.
 *
 * @returns the values by slot, or what is wrong with the text
 */
export function readMeaning(text: string): Meaning | string {
  if (text.length > MAX_LENGTH) return `expected at most ${MAX_LENGTH} characters of slot[value], got ${text.length}`;
  const values = new Map<string, string>();
  let at = 0;
  for (let open = text.indexOf('['); open >= 0; open = text.indexOf('[', at)) {
    const close = text.indexOf(']', open);
    const slot = text
      .slice(at, open)
      .replace(/^[\s,]+/, '')
      .trim();
    if (close < 0 || slot === '' || slot.includes(']')) return unreadable(text);
    const value = text.slice(open + 1, close).trim();
    if (value !== '' && !values.has(slot)) values.set(slot, value);
    at = close + 1;
  }
  return /[^\s,]/.test(text.slice(at)) ? unreadable(text) : values;
}

const unreadable = (text: string): string => `expected slot[value], slot[value], ..., got ${JSON.stringify(text.slice(0, 60))}`;
