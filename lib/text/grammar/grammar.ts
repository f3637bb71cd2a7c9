import type { WordRegex } from '../word-regex.js';
import { grammarError, type GrammarSign, type GrammarSpot, scanGrammar } from './grammar-signs.js';
import { MAX_DEPTH, SignParser } from './sign-parser.js';

/** A context-free grammar over words. The texts are those of its first rule. */
export interface Grammar {
  /** At least one. */
  readonly rules: readonly GrammarRule[];
}

export interface GrammarRule extends GrammarSpot {
  readonly name: string;
  readonly body: GrammarExpression;
}

/** A word, any word, or a class of words and phrases. */
export type GrammarTerminal = Extract<WordRegex, { kind: 'word' | 'any' | 'class' }>;

/** The right-hand side of a rule, or a part of it. */
export type GrammarExpression =
  | (GrammarSpot & { readonly kind: 'terminal'; readonly pattern: GrammarTerminal })
  | (GrammarSpot & { readonly kind: 'reference'; readonly name: string })
  | { readonly kind: 'sequence'; readonly parts: readonly GrammarExpression[] }
  | { readonly kind: 'choice'; readonly parts: readonly GrammarExpression[] }
  | { readonly kind: 'repeat'; readonly part: GrammarExpression; readonly min: number; readonly max: number };

/**
 * Reads a grammar in the EBNF of the W3C (as in the XML recommendation) with the bounded repetitions of GBNF, over words in place of
 * characters:
 *
 * | written | accepts |
 * | --- | --- |
 * | `name ::= x` | defines a rule; the first one is the start |
 * | `"word"`, `'two words'`, `""` | these words; nothing |
 * | `name`, `<name>` | the texts of a rule |
 * | `x y`, `x \| y`, `(x)` | one after the other, one of two, a group |
 * | `x?` `x*` `x+` `x{3}` `x{2,}` `x{2,4}` | repetitions |
 * | `.`, `["a" \| "b"]`, `[^ "a" \| <ADJ>]` | any word, one of these words, any other word |
 * | `<ADJ>`, `{area}` | a word with this tag, a phrase of this list, if no rule has the name |
 *
 * @param split how the model's tokenizer splits a quoted text into words
 * @throws InputError with line and column, and what was expected there
 */
export function parseGrammar(text: string, split: (text: string) => readonly string[]): Grammar {
  return new Parser(scanGrammar(text), split).grammar();
}

class Parser extends SignParser<GrammarSign> {
  readonly #defined: ReadonlySet<string>;

  constructor(
    signs: readonly GrammarSign[],
    readonly split: (text: string) => readonly string[],
  ) {
    super(signs);
    const names = signs.flatMap((sign, i) =>
      (sign.kind === 'rule' || sign.kind === 'name') && this.#defines(i) ? [sign.text] : [],
    );
    this.#defined = new Set(names);
  }

  grammar(): Grammar {
    const rules: GrammarRule[] = [];
    do {
      const sign = this.here;
      if ((sign.kind !== 'rule' && sign.kind !== 'name') || !this.#defines(this.at)) this.fail('a rule, name ::= ...');
      this.at += 2;
      const { text: name, line, column } = sign as Extract<GrammarSign, { kind: 'rule' }>;
      rules.push({ name, line, column, body: this.#choice(0) });
    } while (this.here.kind !== 'end');
    return { rules };
  }

  #defines(at: number): boolean {
    const next = this.signs[at + 1];
    return next?.kind === 'mark' && next.mark === '::=';
  }

  #choice(depth: number): GrammarExpression {
    if (depth > MAX_DEPTH) this.fail(`groups at most ${MAX_DEPTH} deep`);
    const parts = [this.#sequence(depth)];
    while (this.take('|')) parts.push(this.#sequence(depth));
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
  }

  #sequence(depth: number): GrammarExpression {
    const parts: GrammarExpression[] = [];
    const first = this.here;
    for (let atom = this.#atom(depth); atom !== undefined; atom = this.#atom(depth)) parts.push(this.repeated(atom));
    if (parts.length === 0) this.fail('a rule, a word in quotes or a group ("" is an empty text)', first);
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
  }

  #atom(depth: number): GrammarExpression | undefined {
    const sign = this.here;
    const { line, column } = sign;
    if (sign.kind === 'text') {
      this.at++;
      const parts = this.wordsOf(sign)!.map((word): GrammarExpression => {
        return { kind: 'terminal', pattern: { kind: 'word', word, column }, line, column };
      });
      return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
    }
    if (sign.kind === 'rule' || sign.kind === 'name') return this.#named(sign);
    if (this.take('.')) return { kind: 'terminal', pattern: { kind: 'any' }, line, column };
    if (this.take('['))
      return {
        kind: 'terminal',
        pattern: this.wordClass('one word in quotes, <TAG> or {list} in a class of words; write (x)? for an optional x'),
        line,
        column,
      };
    if (!this.take('(')) return undefined;
    const group = this.#choice(depth + 1);
    if (!this.take(')')) this.fail(`")" for the "(" at line ${line}, column ${column}`);
    return group;
  }

  #named(sign: Extract<GrammarSign, { kind: 'rule' | 'name' }>): GrammarExpression | undefined {
    if (this.#defines(this.at)) return undefined; // the next rule begins
    this.at++;
    const { text: name, line, column } = sign;
    if (sign.kind === 'rule' || (this.#defined.has(name) && sign.shown.startsWith('<')))
      return { kind: 'reference', name, line, column };
    return {
      kind: 'terminal',
      pattern: { kind: 'class', items: [{ kind: 'name', text: name, column }], negated: false },
      line,
      column,
    };
  }

  protected wordsOf(sign: GrammarSign): readonly string[] | undefined {
    if (sign.kind !== 'text') return undefined;
    const words = this.split(sign.text);
    if (words.length === 0 && sign.text !== '') this.fail('a word in quotes', sign);
    return words;
  }

  protected fail(expected: string, sign: GrammarSign = this.here): never {
    throw grammarError(sign, `expected ${expected}, got ${sign.shown}`);
  }
}
