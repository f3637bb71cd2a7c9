import { InputError } from '../base/errors.js';
import { scanPattern, type Sign } from './word-regex-signs.js';

/** A regular expression over words. `column` is where it stands in what was written, from 1. */
export type WordPattern =
  | { readonly kind: 'word'; readonly word: string; readonly column: number }
  | { readonly kind: 'any' }
  | { readonly kind: 'class'; readonly items: readonly ClassItem[]; readonly negated: boolean }
  | { readonly kind: 'sequence'; readonly parts: readonly WordPattern[] }
  | { readonly kind: 'choice'; readonly parts: readonly WordPattern[] }
  | { readonly kind: 'repeat'; readonly part: WordPattern; readonly min: number; readonly max: number };

/** What a class of words is made of: words, or names of tags and lists. */
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
 * | `word`, `"two words"`, `\.` | the words as they stand |
 * | `.` | any word |
 * | `(x)`, `x \| y`, `x y` | a group, one of two, one after the other |
 * | `x*` `x+` `x?` `x{3}` `x{2,}` `x{2,4}` | repetitions |
 * | `[a\|b\|<ADJ>\|{area}]`, `[^a\|b]` | one word of these, one of all others |
 * | `<ADJ>`, `{area}` | a word of a tag, a phrase of a list |
 *
 * @param split how a run without spaces becomes words: as the model's tokenizer does
 * Errors: an InputError with the column and what was expected there.
 */
export function parseWordPattern(text: string, split: (text: string) => readonly string[]): WordPattern {
  const parser = new Parser(scanPattern(text, split));
  const pattern = parser.choice(0);
  parser.end();
  return pattern;
}

class Parser {
  #at = 0;

  constructor(readonly signs: readonly Sign[]) {}

  choice(depth: number): WordPattern {
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

  #sequence(depth: number): WordPattern {
    const parts: WordPattern[] = [];
    for (let atom = this.#atom(depth); atom !== undefined; atom = this.#atom(depth)) parts.push(this.#repeated(atom));
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
  }

  #atom(depth: number): WordPattern | undefined {
    const sign = this.#here;
    if (sign.kind === 'words') {
      this.#at++;
      const parts = sign.words.map((word): WordPattern => ({ kind: 'word', word, column: sign.column }));
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

  #repeated(part: WordPattern): WordPattern {
    const sign = this.#here;
    if (sign.kind !== 'repeat') return part;
    this.#at++;
    const { min, max } = sign;
    if (min > max) this.#fail(`{m,n} with m at most n, got ${min} and ${max}`, sign);
    if (min > MAX_REPEAT || (max > MAX_REPEAT && max !== Infinity)) this.#fail(`at most ${MAX_REPEAT} repetitions`, sign);
    return this.#repeated({ kind: 'repeat', part, min, max });
  }

  #class(): WordPattern {
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

/** The words and names that a pattern speaks of, in order. */
export function mentions(pattern: WordPattern): ClassItem[] {
  switch (pattern.kind) {
    case 'word':
      return [{ kind: 'word', text: pattern.word, column: pattern.column }];
    case 'any':
      return [];
    case 'class':
      return [...pattern.items];
    case 'repeat':
      return mentions(pattern.part);
    default:
      return pattern.parts.flatMap(mentions);
  }
}
