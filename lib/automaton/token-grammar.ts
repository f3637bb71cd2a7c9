import { inputError } from '../base/errors.js';
import type { Grammar, GrammarExpression } from '../text/grammar/index.js';
import { type TokenRegex, tokenRegexOf, type WordMeanings } from './token-regex.js';

/** A symbol of a production: a nonterminal, at least 0, or a terminal, below 0: `~terminal` is its index. */
export type GrammarSymbol = number;

/** A context-free grammar as plain productions over sets of tokens. */
export interface Productions {
  /** The right-hand sides of each nonterminal; the first nonterminal is the start. */
  readonly sides: readonly (readonly (readonly GrammarSymbol[])[])[];
  /** The set of tokens of each terminal. */
  readonly terminals: readonly (readonly number[])[];
}

const MAX_PRODUCTIONS = 50_000;

/**
 * Writes the groups and repetitions of a grammar out as productions: `x*` is a nonterminal r -> x r | nothing.
 *
 * @throws InputError if they are too many
 */
export function productionsOf({ rules }: Grammar, meanings: WordMeanings): Productions {
  const builder = new Builder(
    rules.map(({ name }) => name),
    meanings,
  );
  rules.forEach(({ body }, i) => builder.sides[i]!.push(...alternativesOf(body).map((part) => builder.symbols(part))));
  return { sides: builder.sides, terminals: builder.terminals };
}

const alternativesOf = (body: GrammarExpression): readonly GrammarExpression[] => (body.kind === 'choice' ? body.parts : [body]);

class Builder {
  readonly sides: (readonly GrammarSymbol[])[][];
  readonly terminals: (readonly number[])[] = [];
  readonly #known = new Map<string, GrammarSymbol>(); // terminals by their tokens
  #count = 0;

  constructor(
    readonly names: readonly string[],
    readonly meanings: WordMeanings,
  ) {
    this.sides = names.map(() => []);
  }

  /** Returns an expression as a sequence of symbols. */
  symbols(expression: GrammarExpression): GrammarSymbol[] {
    switch (expression.kind) {
      case 'reference':
        return [this.names.indexOf(expression.name)];
      case 'terminal':
        return this.#ofRegex(tokenRegexOf(expression.pattern, this.meanings));
      case 'sequence':
        return expression.parts.flatMap((part) => this.symbols(part));
      case 'choice':
        return [this.#nonterminal(() => expression.parts.map((part) => this.symbols(part)))];
      case 'repeat':
        return this.#repeated(this.symbols(expression.part), expression.min, expression.max);
    }
  }

  #ofRegex(regex: TokenRegex): GrammarSymbol[] {
    switch (regex.kind) {
      case 'one':
        return [this.#terminal(regex.tokens)];
      case 'sequence':
        return regex.parts.flatMap((part) => this.#ofRegex(part));
      case 'choice':
        return [this.#nonterminal(() => regex.parts.map((part) => this.#ofRegex(part)))];
      case 'repeat':
        return this.#repeated(this.#ofRegex(regex.part), regex.min, regex.max);
    }
  }

  #terminal(tokens: readonly number[]): GrammarSymbol {
    const key = tokens.join();
    if (!this.#known.has(key)) this.#known.set(key, ~(this.terminals.push(tokens) - 1));
    return this.#known.get(key)!;
  }

  #nonterminal(sides: (self: GrammarSymbol) => (readonly GrammarSymbol[])[]): GrammarSymbol {
    const self = this.sides.push([]) - 1;
    this.sides[self]!.push(...sides(self));
    this.#count += this.sides[self]!.length;
    if (this.#count > MAX_PRODUCTIONS)
      throw inputError('grammar', 'is too large when its repetitions are written out; use smaller bounds');
    return self;
  }

  #repeated(part: readonly GrammarSymbol[], min: number, max: number): GrammarSymbol[] {
    const [one] = part.length === 1 ? part : [this.#nonterminal(() => [part])];
    const least = Array<GrammarSymbol>(min).fill(one!);
    if (max === Infinity) return [...least, this.#nonterminal((self) => [[one!, self], []])];
    let more: GrammarSymbol[] = [];
    for (let i = min; i < max; i++) {
      const rest = more;
      more = [this.#nonterminal(() => [[one!, ...rest], []])];
    }
    return [...least, ...more];
  }
}
