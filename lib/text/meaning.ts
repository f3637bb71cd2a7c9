/** The values of a row by slot, as `name[The Mill], food[Fast food]` writes them. */
export type Meaning = ReadonlyMap<string, string>;

const PAIR = /([^,[\]]+)\[([^[\]]*)\]/g;
/** Characters of a cell that are read; a longer one is no list of slots. */
const MAX_LENGTH = 10_000;

/**
 * Reads what the E2E dataset says of a row: `slot[value]`, separated by commas. A slot without a value is left out, of one that
 * stands twice the first value counts.
 *
 * @returns the values by slot, or what is wrong with the text
 */
export function readMeaning(text: string): Meaning | string {
  if (text.length > MAX_LENGTH) return `expected at most ${MAX_LENGTH} characters of slot[value], got ${text.length}`;
  if (/[^\s,]/.test(text.replace(PAIR, '')))
    return `expected slot[value], slot[value], ..., got ${JSON.stringify(text.slice(0, 60))}`;
  const values = new Map<string, string>();
  for (const [, slot, value] of text.matchAll(PAIR)) {
    const [name, said] = [slot!.trim(), value!.trim()];
    if (name !== '' && said !== '' && !values.has(name)) values.set(name, said);
  }
  return values;
}
