const ENDS: ReadonlySet<string> = new Set(['.', '!', '?']);
const CLOSES: ReadonlySet<string> = new Set([')', ']', '}', '"', "''", '’', '”', '-RRB-', '-RSB-', '-RCB-']);

/** Where sentences end, by one past their last word: behind a full stop, a question or exclamation mark, and quotes and brackets that close behind it. */
export function sentenceEnds(words: readonly string[]): number[] {
  const ends: number[] = [];
  for (let i = 0; i < words.length; i++) {
    if (!ENDS.has(words[i]!)) continue;
    while (i + 1 < words.length && CLOSES.has(words[i + 1]!)) i++;
    ends.push(i + 1);
  }
  return ends.at(-1) === words.length ? ends : [...ends, words.length];
}
