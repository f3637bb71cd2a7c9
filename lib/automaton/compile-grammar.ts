import { inputError } from '../base/errors.js';
import type { Automaton } from './automaton.js';
import { type LeftCornerGrammar, leftCornerGrammar } from './left-corner.js';
import { determinise } from './determinise.js';
import type { Nfa } from './nfa.js';
import type { GrammarSymbol, Productions } from './token-grammar.js';

/** The texts of a grammar that an automaton must accept. */
export interface GrammarBounds {
  /** Most tokens of a text. */
  readonly tokens: number;
  /** Most rules that may be open at once; groups and repetitions count as rules. */
  readonly nesting?: number | undefined;
}

/** Most stacks of open rules: an automaton of more takes too long to build. */
const MAX_STACKS = 100_000;

/**
 * Compiles a context-free grammar to an automaton that accepts exactly its texts within the bounds, and of longer ones only texts of the
 * grammar. Only finitely many stacks of open rules can end within a bounded number of tokens, so these are the states. Marginals and the best
 * text under the automaton are those that the inside-outside algorithm and the best parse would give.
 *
 * @throws InputError if it has too many states, or no text within the bounds
 */
export function compileGrammar(productions: Productions, bounds: GrammarBounds, vocabularySize: number): Automaton {
  const grammar = leftCornerGrammar(productions);
  const automaton = determinise(stacksOf(grammar, productions, bounds), vocabularySize, () => tooLarge(bounds));
  if (automaton.accepting.includes(1)) return automaton;
  const { tokens, nesting } = bounds;
  const shortest = leastTokens(grammar)(grammar.start);
  throw inputError(
    'grammar',
    shortest > tokens
      ? `its shortest text has ${shortest} words, and a text holds ${tokens}`
      : `has no text of ${tokens} words in which at most ${nesting} rules are open at once; raise "nesting"`,
  );
}

const tooLarge = ({ tokens, nesting }: GrammarBounds) =>
  inputError(
    'grammar',
    `its rules nest in too many ways in texts of up to ${tokens} words; ${nesting === undefined ? 'set' : 'lower'} "nesting", the number of rules that may be open at once`,
  );

/** A stack of open rules. */
interface Stack {
  /** The symbols of the innermost rule that are still to come. */
  readonly symbols: readonly GrammarSymbol[];
  /** The stack around it. */
  readonly below: number;
  readonly height: number;
  /** Fewest tokens still to come. */
  readonly least: number;
}

const EMPTY = 0;

/** The stacks that occur, each once. */
class Stacks {
  readonly all: Stack[] = [{ symbols: [], below: -1, height: 0, least: 0 }];
  readonly #known = new Map<string, number>();
  readonly #leastOf: (symbol: GrammarSymbol) => number;

  constructor(
    readonly grammar: LeftCornerGrammar,
    readonly bounds: GrammarBounds,
  ) {
    this.#leastOf = leastTokens(grammar);
  }

  /** Returns the stack of a rule with these symbols to come, above another one. */
  push(symbols: readonly GrammarSymbol[], below: number): number {
    const [first] = symbols;
    if (first === undefined) return below; // a rule that ends leaves no trace, so recursion on the right adds nothing
    if (symbols.length === 1 && first >= 0 && this.grammar.isIdempotent(first) && this.all[below]!.symbols[0] === first)
      return below;
    const key = `${below}:${symbols.join()}`;
    if (!this.#known.has(key)) {
      const { height, least } = this.all[below]!;
      const sum = symbols.reduce((total, symbol) => total + this.#leastOf(symbol), least);
      this.#known.set(key, this.all.push({ symbols, below, height: height + 1, least: sum }) - 1);
      if (this.all.length > MAX_STACKS) throw tooLarge(this.bounds);
    }
    return this.#known.get(key)!;
  }
}

/** Builds the automaton whose nodes are the stacks that occur in texts within the bounds, by the number of tokens before them. */
function stacksOf(grammar: LeftCornerGrammar, { terminals }: Productions, bounds: GrammarBounds): Nfa {
  const { tokens, nesting = Infinity } = bounds;
  const stacks = new Stacks(grammar, bounds);
  const empty: number[][] = [];
  const takes: Nfa['takes'][number][] = [];
  const seen = new Set<number>();
  const start = stacks.push([grammar.start], EMPTY);
  let reached = [start];
  for (let used = 0; reached.length > 0; used++) {
    const further: number[] = []; // after one more token
    for (let node = reached.pop(); node !== undefined; node = reached.pop()) {
      const { symbols, below, height, least } = stacks.all[node]!;
      if (seen.has(node) || used + least > tokens || height > nesting) continue;
      seen.add(node);
      const [first, ...rest] = symbols;
      if (first === undefined) continue;
      const after = stacks.push(rest, below);
      if (first < 0) {
        takes[node] = { tokens: terminals[~first]!, to: after };
        further.push(after);
      } else {
        const expanded = grammar.sides(first).map((side) => stacks.push(side, after));
        empty[node] = expanded;
        reached.push(...expanded);
      }
    }
    reached = further;
  }
  return {
    start,
    end: EMPTY,
    empty: Array.from(stacks.all, (_, node) => (empty[node] ?? []).filter((to) => seen.has(to))),
    takes: Array.from(stacks.all, (_, node) => (takes[node] && seen.has(takes[node].to) ? takes[node] : undefined)),
  };
}

/** Returns the number of tokens of the shortest text of each symbol; Infinity if it has none. */
function leastTokens(grammar: LeftCornerGrammar): (symbol: GrammarSymbol) => number {
  const least = new Map([[grammar.start, Infinity]]);
  for (const symbol of least.keys())
    for (const used of grammar.sides(symbol).flat()) if (used >= 0 && !least.has(used)) least.set(used, Infinity);
  const leastOf = (symbol: GrammarSymbol): number => (symbol < 0 ? 1 : least.get(symbol)!);
  for (let changed = true; changed;) {
    changed = false;
    for (const [symbol, before] of least) {
      const found = Math.min(...grammar.sides(symbol).map((side) => side.reduce((sum, part) => sum + leastOf(part), 0)));
      if (found >= before) continue;
      least.set(symbol, found);
      changed = true;
    }
  }
  return leastOf;
}
