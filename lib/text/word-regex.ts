import { InputError } from '../base/errors.js';
import {
  boundsOf,
  type ClassItem,
  MAX_DEPTH,
  type OperatorSign,
  SignParser,
  type SignSpot,
  type WordClass,
} from './grammar/sign-parser.js';

/** A regular expression over words. `column` is the position in the source text, counted from 1. */
export type WordRegex =
  | { readonly kind: 'word'; readonly word: string; readonly column: number }
  | { readonly kind: 'any' }
  | WordClass
  | { readonly kind: 'sequence'; readonly parts: readonly WordRegex[] }
  | { readonly kind: 'choice'; readonly parts: readonly WordRegex[] }
  | { readonly kind: 'repeat'; readonly part: WordRegex; readonly min: number; readonly max: number };

/**
 * Reads a regular expression over words, such as `(the|a) [cheap|nice]? <ADJ>{0,2} (pub|restaurant) .* \.`
 *
 * | written | accepts |
 * | --- | --- |
 * | `word`, `"two words"`, `\.` | these words |
 * | `.` | any word |
 * | `(x)`, `x \| y`, `x y` | a group, an alternative, a sequence |
 * | `x*` `x+` `x?` `x{3}` `x{2,}` `x{2,4}` | repetitions |
 * | `[a\|b\|<ADJ>\|{area}]`, `[^a\|b]` | one of these words, any other word |
 * | `<ADJ>`, `{area}` | a word with this tag, a phrase of this list |
 *
 * The reader knows no tags and lists: it returns their names, and the caller resolves them.
 *
 * @param split how the model's tokenizer splits a run without spaces into words
 * @throws InputError with the column and what was expected there
 */
export function parseWordRegex(text: string, split: (text: string) => readonly string[]): WordRegex {
  const parser = new Parser(scanWordRegex(text, split));
  const regex = parser.choice(0);
  parser.end();
  return regex;
}

class Parser extends SignParser<WordSign> {
  choice(depth: number): WordRegex {
    if (depth > MAX_DEPTH) this.fail(`groups at most ${MAX_DEPTH} deep`);
    const parts = [this.#sequence(depth)];
    while (this.take('|')) parts.push(this.#sequence(depth));
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
  }

  end(): void {
    if (this.here.kind !== 'end') this.fail('the end, "|" or a word');
  }

  #sequence(depth: number): WordRegex {
    const parts: WordRegex[] = [];
    for (let atom = this.#atom(depth); atom !== undefined; atom = this.#atom(depth)) parts.push(this.repeated(atom));
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
  }

  #atom(depth: number): WordRegex | undefined {
    const sign = this.here;
    if (sign.kind === 'words') {
      this.at++;
      const parts = sign.words.map((word): WordRegex => ({ kind: 'word', word, column: sign.column }));
      return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
    }
    if (sign.kind === 'name') {
      this.at++;
      return { kind: 'class', items: [{ kind: 'name', text: sign.text, column: sign.column }], negated: false };
    }
    if (this.take('.')) return { kind: 'any' };
    if (this.take('[')) return this.wordClass('one word, <TAG> or {list} between the "|" of a class');
    if (!this.take('(')) return undefined;
    const group = this.choice(depth + 1);
    if (!this.take(')')) this.fail(`")" for the "(" at column ${sign.column}`);
    return group;
  }

  protected wordsOf(sign: WordSign): readonly string[] | undefined {
    return sign.kind === 'words' ? sign.words : undefined;
  }

  protected fail(expected: string, { column, shown } = this.here): never {
    throw new InputError('pattern', [{ path: '', message: `column ${column}: expected ${expected}, got ${shown}` }]);
  }
}

/** A lexical sign of a word regex. */
type WordSign = OperatorSign | (SignSpot & { readonly kind: 'words'; readonly words: readonly string[] });

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
function scanWordRegex(text: string, split: (text: string) => readonly string[]): WordSign[] {
  const signs: WordSign[] = [];
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

function signAt(rest: string, column: number, split: (text: string) => readonly string[]): { length: number; sign: WordSign } {
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

/** Returns the classes `[^...]` of a regex, in order. */
export function negatedClasses(regex: WordRegex): Extract<WordRegex, { kind: 'class' }>[] {
  switch (regex.kind) {
    case 'word':
    case 'any':
      return [];
    case 'class':
      return regex.negated ? [regex] : [];
    case 'repeat':
      return negatedClasses(regex.part);
    default:
      return regex.parts.flatMap(negatedClasses);
  }
}

/** Returns the words and names that a regex mentions, in order. */
export function mentions(regex: WordRegex): ClassItem[] {
  switch (regex.kind) {
    case 'word':
      return [{ kind: 'word', text: regex.word, column: regex.column }];
    case 'any':
      return [];
    case 'class':
      return [...regex.items];
    case 'repeat':
      return mentions(regex.part);
    default:
      return regex.parts.flatMap(mentions);
  }
}
