import { splitWords } from './split-words.js';

/**
 * Joins words to text with natural spacing. A space stays if the text would split into other words without it, so that splitting the text
 * again gives the same words.
 */
export function joinWords(words: readonly string[]): string {
  const runs: string[][] = [];
  const quotes = new Quotes();
  let glueNext = false;
  for (const [i, word] of words.entries()) {
    if (word === '') continue;
    const side = sides(words, i, quotes);
    const last = runs.at(-1);
    const glued = last && (glueNext || side.left) ? [...last, word] : undefined;
    if (glued && staysSplit(glued)) runs[runs.length - 1] = glued;
    else runs.push([word]);
    glueNext = side.right;
  }
  return runs.map((run) => run.join('')).join(' ');
}

/** The sides of a word on which no space stands. */
export interface Sides {
  readonly left: boolean;
  readonly right: boolean;
}

const NONE: Sides = { left: false, right: false };
export const LEFT: Sides = { left: true, right: false };
export const RIGHT: Sides = { left: false, right: true };
const BOTH: Sides = { left: true, right: true };

const ENDS_CLAUSE = /^(?:[.,;:!?%…)\]}»”]|\.{3,})$/u;
const OPENS = /^(?:[([{«“‘#]|\p{Sc})$/u;
const CLITIC_WORD = /^(?:['’](?:s|re|ve|ll|d|m)|n['’]t)$/iu;
/** Words that rarely follow a hyphen but often a dash: `a pub - the best in town`. */
const AFTER_DASH = /^(?:the|a|an|it|is|but|with|this|that|however|they|which|there)$/i;

/**
 * Returns the sides of a word. It depends on the words before and after it alone, except for a quote.
 *
 * @param quotes tells opening from closing quotes
 */
export function sides(words: readonly string[], i: number, quotes: { side(words: readonly string[], i: number): Sides }): Sides {
  const word = words[i] as string;
  const before = words[i - 1] ?? '';
  const after = words[i + 1] ?? '';
  if (ENDS_CLAUSE.test(word)) return LEFT;
  if (CLITIC_WORD.test(word)) return endsAsWord(before) ? LEFT : NONE;
  if (OPENS.test(word)) return RIGHT;
  if (isQuote(word)) return quotes.side(words, i);
  if (word === '/') return BOTH;
  if (word === '-') return endsAsWord(before) && startsWord(after) && !AFTER_DASH.test(after) ? BOTH : NONE;
  if (/^not$/i.test(word) && /^can$/i.test(before)) return LEFT;
  return NONE;
}

/** Returns whether a word is a quote that may open or close. */
export const isQuote = (word: string): boolean => word === '"' || word === "'" || word === '’';

/** Tells opening from closing quotes, which look the same. */
class Quotes {
  private readonly open = new Set<string>();

  side(words: readonly string[], i: number): Sides {
    const mark = words[i] as string;
    if (this.open.delete(mark)) return LEFT;
    const closes = words.indexOf(mark, i + 1) < 0;
    if (endsAsWord(words[i - 1] ?? '') && (closes || isPossessive(words, i))) return LEFT;
    this.open.add(mark);
    return RIGHT;
  }
}

/** Returns whether a mark is the apostrophe of a plural, as in "the adults' menu"; before a capital it opens a quoted name. */
export function isPossessive(words: readonly string[], i: number): boolean {
  return words[i] !== '"' && /s$/i.test(words[i - 1] ?? '') && /^\p{Ll}/u.test(words[i + 1] ?? '');
}

/** Returns whether a token ends as a word does. */
export function endsAsWord(word: string): boolean {
  return /[\p{L}\p{N}\p{M}]$/u.test(word);
}

function startsWord(word: string): boolean {
  return /^[\p{L}\p{N}\p{Sc}]/u.test(word);
}

/** Returns whether words without spaces between them split into the same words again. */
export function staysSplit(words: readonly string[]): boolean {
  const found = splitWords(words.join(''));
  return found.length === words.length && found.every((word, i) => word === words[i]);
}
