import type { GrammarSymbol, Productions } from './token-grammar.js';

/** A grammar without left recursion: no symbol reaches itself before a token is taken, unless by productions of that symbol alone. */
export interface LeftCornerGrammar {
  readonly start: GrammarSymbol;
  /** Returns the right-hand sides of a nonterminal. */
  sides(symbol: GrammarSymbol): readonly (readonly GrammarSymbol[])[];
  /** Returns whether a nonterminal twice in a row has the texts that it has once. */
  isIdempotent(symbol: GrammarSymbol): boolean;
}

/**
 * Removes left recursion by the left-corner transform of Rosenkrantz and Lewis (1970), for left-recursive nonterminals only (Moore 2000).
 * A nonterminal A that may be empty stays, with A -> A' | nothing, and A' has its texts of one token or more, so that the first symbol of
 * a right-hand side is never empty. If A' is left-recursive, A' -> X b A'-B for each B' -> X b whose X is not recursive with A', and A'-B has
 * what may follow a B' that begins an A': A'-X -> b A'-B for each B' -> X b, and A'-A' may be empty.
 */
export const leftCornerGrammar = ({ sides }: Productions): LeftCornerGrammar => new Transformed(sides);

/** Symbols: A is below `count` and may be empty, A' is A + `count`, and the slashed ones A'-X follow. */
class Transformed implements LeftCornerGrammar {
  readonly start: GrammarSymbol;
  readonly #count: number;
  readonly #nullable: readonly boolean[];
  /** The right-hand sides of each A', before the transform. */
  readonly #full: readonly (readonly (readonly GrammarSymbol[])[])[];
  /** For each A the nonterminals B whose B' begins an A' and is begun by one; none if A' is not left-recursive. */
  readonly #cycles: readonly ReadonlySet<number>[];
  readonly #slashed = new Map<string, GrammarSymbol>();
  readonly #slashes: (readonly [a: number, x: number])[] = [];
  readonly #known = new Map<GrammarSymbol, readonly (readonly GrammarSymbol[])[]>();

  constructor(given: Productions['sides']) {
    const count = given.length;
    const nullable = nullableOf(given);
    this.#count = count;
    this.#nullable = nullable;
    const named: Naming = {
      nullable,
      nonempty: (symbol) => (symbol < 0 ? symbol : symbol + count),
      possiblyEmpty: (symbol) => (symbol < 0 || nullable[symbol] ? symbol : symbol + count),
    };
    this.#full = given.map((sides, a) =>
      sides.flatMap((side) => beginnings(side, named)).filter((side) => side.length > 1 || side[0] !== a + count),
    );
    this.#cycles = cyclesOf(this.#full.map((sides) => sides.map(([first]) => first! - count).filter((b) => b >= 0)));
    this.start = named.possiblyEmpty(0);
  }

  sides(symbol: GrammarSymbol): readonly (readonly GrammarSymbol[])[] {
    if (!this.#known.has(symbol)) this.#known.set(symbol, this.#sidesOf(symbol));
    return this.#known.get(symbol)!;
  }

  isIdempotent(symbol: GrammarSymbol): boolean {
    if (symbol < this.#count) {
      const isRepeated = this.#full[symbol]!.every((side) => side.length > 1 && side.at(-1) === symbol);
      return this.#nullable[symbol] === true && isRepeated;
    }
    const [a, x] = this.#slashes[symbol - 2 * this.#count] ?? [];
    return a !== undefined && a === x;
  }

  #sidesOf(symbol: GrammarSymbol): readonly (readonly GrammarSymbol[])[] {
    const count = this.#count;
    if (symbol < count) return this.#nullable[symbol] ? [[symbol + count], []] : [[symbol + count]];
    if (symbol < 2 * count) {
      const a = symbol - count;
      const cycle = this.#cycles[a]!;
      if (cycle.size === 0) return this.#full[a]!;
      const isIn = (first: GrammarSymbol) => first >= count && cycle.has(first - count);
      return this.#around(a).flatMap(({ b, first, rest }) => (isIn(first) ? [] : [[first, ...rest, this.#slash(a, b)]]));
    }
    const [a, x] = this.#slashes[symbol - 2 * count]!;
    const further = this.#around(a).flatMap(({ b, first, rest }) => (first === x + count ? [[...rest, this.#slash(a, b)]] : []));
    return a === x ? [[], ...further] : further;
  }

  /** Returns the right-hand sides on the cycle of A', with the B' that each is of. */
  #around(a: number): { readonly b: number; readonly first: GrammarSymbol; readonly rest: readonly GrammarSymbol[] }[] {
    return [...this.#cycles[a]!].flatMap((b) => this.#full[b]!.map(([first, ...rest]) => ({ b, first: first!, rest })));
  }

  #slash(a: number, x: number): GrammarSymbol {
    const key = `${a},${x}`;
    if (!this.#slashed.has(key)) this.#slashed.set(key, 2 * this.#count + this.#slashes.push([a, x]) - 1);
    return this.#slashed.get(key)!;
  }
}

/** The symbols of A' and of A for a symbol of the given grammar. */
interface Naming {
  readonly nullable: readonly boolean[];
  nonempty(symbol: GrammarSymbol): GrammarSymbol;
  possiblyEmpty(symbol: GrammarSymbol): GrammarSymbol;
}

/** Returns the right-hand sides that begin with each symbol that may be the first one with a token. */
function beginnings(side: readonly GrammarSymbol[], { nullable, nonempty, possiblyEmpty }: Naming): GrammarSymbol[][] {
  const found: GrammarSymbol[][] = [];
  for (const [i, symbol] of side.entries()) {
    found.push([nonempty(symbol), ...side.slice(i + 1).map(possiblyEmpty)]);
    if (symbol < 0 || !nullable[symbol]) break;
  }
  return found;
}

function nullableOf(sides: Productions['sides']): boolean[] {
  const nullable = sides.map(() => false);
  for (let changed = true; changed;) {
    changed = false;
    sides.forEach((own, a) => {
      if (nullable[a] || !own.some((side) => side.every((symbol) => symbol >= 0 && nullable[symbol]))) return;
      nullable[a] = changed = true;
    });
  }
  return nullable;
}

/** Returns for each node the nodes of its cycles, itself included; none if it is on no cycle. */
function cyclesOf(next: readonly (readonly number[])[]): ReadonlySet<number>[] {
  const reached = next.map((own) => {
    const seen = new Set(own);
    for (const node of seen) for (const to of next[node]!) seen.add(to);
    return seen;
  });
  return reached.map((seen, a) => new Set(seen.has(a) ? [...seen].filter((b) => reached[b]!.has(a)) : []));
}
