import { InputError } from '../base/errors.js';

/** A lexical sign of a word regex; error messages quote it as `shown`. */
export type Sign = { readonly column: number; readonly shown: string } & (
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'repeat'; readonly min: number; readonly max: number }
  | { readonly kind: 'mark'; readonly mark: string }
  | { readonly kind: 'end' }
);

const REPEAT = /^(?:[*+?]|\{(\d{1,9})(?:(,)(\d{1,9})?)?\})/;
const NAME = /^(?:<([^<>{}\s|]+)>|\{([^<>{}\s|]+)\})/;
const QUOTED = /^"((?:[^"\\]|\\[\s\S])*)"/;
const BARE = /^(?:[^\s.()|*+?{}[\]<>"^\\]|\\\S)+/u;
const MARK = /^[.()|[\]^]/;

/**
 * Splits a word regex into its signs; the last one is the end.
 *
 * @param split how a run without spaces becomes words
 * @throws InputError at a character that is no sign
 */
export function scanWordRegex(text: string, split: (text: string) => readonly string[]): Sign[] {
  const signs: Sign[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const space = /^\s+/u.exec(rest)?.[0].length ?? 0;
    if (space > 0) at += space;
    else {
      const { length, sign } = signAt(rest, at + 1, split);
      signs.push(sign);
      at += length;
    }
  }
  return [...signs, { kind: 'end', column: text.length + 1, shown: 'the end' }];
}

function signAt(rest: string, column: number, split: (text: string) => readonly string[]): { length: number; sign: Sign } {
  const found = (match: RegExpExecArray) => ({ column, shown: match[0] });
  const repeat = REPEAT.exec(rest);
  if (repeat) return { length: repeat[0].length, sign: { kind: 'repeat', ...boundsOf(repeat), ...found(repeat) } };
  const name = NAME.exec(rest);
  if (name) return { length: name[0].length, sign: { kind: 'name', text: (name[1] ?? name[2])!, ...found(name) } };
  const mark = MARK.exec(rest);
  if (mark) return { length: 1, sign: { kind: 'mark', mark: mark[0], ...found(mark) } };
  const literal = QUOTED.exec(rest) ?? BARE.exec(rest);
  if (literal) {
    const words = split((literal[1] ?? literal[0]).replace(/\\([\s\S])/gu, '$1'));
    if (words.length > 0) return { length: literal[0].length, sign: { kind: 'words', words, ...found(literal) } };
  }
  const what = rest.startsWith('"') ? 'a closing quote after a word' : 'a word, or \\ before a sign to take it literally';
  const shown = rest.split(/\s/u)[0]!.slice(0, 20);
  throw new InputError('pattern', [{ path: '', message: `column ${column}: expected ${what}, got ${shown}` }]);
}

/** Returns what a repetition means: its sign, the least number, the comma and the most, as groups of a match. */
export function boundsOf([sign, least, comma, most]: RegExpExecArray): { min: number; max: number } {
  if (sign === '*') return { min: 0, max: Infinity };
  if (sign === '+') return { min: 1, max: Infinity };
  if (sign === '?') return { min: 0, max: 1 };
  const min = Number(least);
  return { min, max: comma === undefined ? min : most === undefined ? Infinity : Number(most) };
}
