import { InputError } from '../base/errors.js';
import { scanWordRegex, type Sign } from './word-regex-signs.js';

/** A regular expression over words. `column` is the position in the source text, counted from 1. */
export type WordRegex =
  | { readonly kind: 'word'; readonly word: string; readonly column: number }
  | { readonly kind: 'any' }
  | { readonly kind: 'class'; readonly items: readonly ClassItem[]; readonly negated: boolean }
  | { readonly kind: 'sequence'; readonly parts: readonly WordRegex[] }
  | { readonly kind: 'choice'; readonly parts: readonly WordRegex[] }
  | { readonly kind: 'repeat'; readonly part: WordRegex; readonly min: number; readonly max: number };

/** One item of a class of words: a word, or the name of a tag or a list. */
export interface ClassItem {
  readonly kind: 'word' | 'name';
  readonly text: string;
  readonly column: number;
}

const MAX_DEPTH = 100;
const MAX_REPEAT = 1000;

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

class Parser {
  #at = 0;

  constructor(readonly signs: readonly Sign[]) {}

  choice(depth: number): WordRegex {
    if (depth > MAX_DEPTH) this.#fail(`groups at most ${MAX_DEPTH} deep`);
    const parts = [this.#sequence(depth)];
    while (this.#take('|')) parts.push(this.#sequence(depth));
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
  }

  end(): void {
    if (this.#here.kind !== 'end') this.#fail('the end, "|" or a word');
  }

  get #here(): Sign {
    return this.signs[this.#at]!;
  }

  #sequence(depth: number): WordRegex {
    const parts: WordRegex[] = [];
    for (let atom = this.#atom(depth); atom !== undefined; atom = this.#atom(depth)) parts.push(this.#repeated(atom));
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
  }

  #atom(depth: number): WordRegex | undefined {
    const sign = this.#here;
    if (sign.kind === 'words') {
      this.#at++;
      const parts = sign.words.map((word): WordRegex => ({ kind: 'word', word, column: sign.column }));
      return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
    }
    if (sign.kind === 'name') {
      this.#at++;
      return { kind: 'class', items: [{ kind: 'name', text: sign.text, column: sign.column }], negated: false };
    }
    if (this.#take('.')) return { kind: 'any' };
    if (this.#take('[')) return this.#class();
    if (!this.#take('(')) return undefined;
    const group = this.choice(depth + 1);
    if (!this.#take(')')) this.#fail(`")" for the "(" at column ${sign.column}`);
    return group;
  }

  #repeated(part: WordRegex, depth = 0): WordRegex {
    const sign = this.#here;
    if (sign.kind !== 'repeat') return part;
    if (depth === MAX_DEPTH) this.#fail(`at most ${MAX_DEPTH} repetitions of one part`);
    this.#at++;
    const { min, max } = sign;
    if (min > max) this.#fail(`{m,n} with m at most n, got ${min} and ${max}`, sign);
    if (min > MAX_REPEAT || (max > MAX_REPEAT && max !== Infinity)) this.#fail(`at most ${MAX_REPEAT} repetitions`, sign);
    return this.#repeated({ kind: 'repeat', part, min, max }, depth + 1);
  }

  #class(): WordRegex {
    const negated = this.#take('^');
    const items: ClassItem[] = [];
    do {
      const sign = this.#here;
      if (sign.kind === 'name') items.push({ kind: 'name', text: sign.text, column: sign.column });
      else if (sign.kind === 'words' && sign.words.length === 1)
        items.push({ kind: 'word', text: sign.words[0]!, column: sign.column });
      else this.#fail('one word, <TAG> or {list} between the "|" of a class');
      this.#at++;
    } while (this.#take('|'));
    if (!this.#take(']')) this.#fail('"|" or "]" in a class of words');
    return { kind: 'class', items, negated };
  }

  #take(mark: string): boolean {
    const sign = this.#here;
    if (sign.kind !== 'mark' || sign.mark !== mark) return false;
    this.#at++;
    return true;
  }

  #fail(expected: string, { column, shown }: Sign = this.#here): never {
    throw new InputError('pattern', [{ path: '', message: `column ${column}: expected ${expected}, got ${shown}` }]);
  }
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
