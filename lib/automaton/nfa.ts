import { inputError } from '../base/errors.js';
import { type Automaton, MAX_STATES } from './automaton.js';
import { classesOf } from './classes.js';
import { minimise } from './minimise.js';
import type { TokenRegex } from './token-regex.js';

/** A nondeterministic automaton after Thompson (1968): a node has empty arcs, or one arc that takes a token of a set. */
export interface Nfa {
  readonly start: number;
  readonly end: number;
  readonly empty: readonly (readonly number[])[];
  readonly takes: readonly ({ readonly tokens: readonly number[]; readonly to: number } | undefined)[];
}

const MAX_NODES = 100_000;

/** Builds the automaton of a regular expression. @throws InputError if repetitions make it too large */
export function thompson(expression: TokenRegex): Nfa {
  const builder = new Builder();
  const start = builder.node();
  const end = builder.add(expression, start);
  return { start, end, empty: builder.empty, takes: builder.takes };
}

class Builder {
  readonly empty: number[][] = [];
  readonly takes: Nfa['takes'][number][] = [];

  node(): number {
    if (this.empty.length >= MAX_NODES)
      throw inputError('expression', 'is too large when its repetitions are written out; use smaller bounds');
    this.takes.push(undefined);
    return this.empty.push([]) - 1;
  }

  /** Appends a part of the expression to the node `from`. @returns the node after it */
  add(expression: TokenRegex, from: number): number {
    switch (expression.kind) {
      case 'one': {
        const [at, to] = [this.node(), this.node()];
        this.empty[from]!.push(at);
        this.takes[at] = { tokens: expression.tokens, to };
        return to;
      }
      case 'sequence':
        return expression.parts.reduce((node, part) => this.add(part, node), from);
      case 'choice': {
        const end = this.node();
        for (const part of expression.parts) {
          const begin = this.node();
          this.empty[from]!.push(begin);
          this.empty[this.add(part, begin)]!.push(end);
        }
        return end;
      }
      case 'repeat':
        return this.#repeat(expression, from);
    }
  }

  #repeat({ part, min, max }: Extract<TokenRegex, { kind: 'repeat' }>, from: number): number {
    let node = from;
    for (let i = 0; i < min; i++) node = this.add(part, node);
    if (max === Infinity) {
      const [loop, end] = [this.node(), this.node()];
      this.empty[node]!.push(loop);
      this.empty[loop]!.push(end);
      this.empty[this.add(part, loop)]!.push(loop);
      return end;
    }
    const end = this.node();
    this.empty[node]!.push(end);
    for (let i = min; i < max; i++) {
      node = this.add(part, node);
      this.empty[node]!.push(end);
    }
    return end;
  }
}

/** Returns the nodes that empty arcs reach from `nodes`, in order, as far as they take a token or are the end. */
function closure({ empty, takes, end }: Nfa, nodes: Iterable<number>): number[] {
  const seen = new Set<number>(nodes);
  for (const node of seen) for (const to of empty[node]!) seen.add(to);
  return [...seen].filter((node) => takes[node] !== undefined || node === end).sort((a, b) => a - b);
}

/**
 * Returns the smallest deterministic automaton that accepts the same.
 *
 * @param tooLarge makes the error for one of more than MAX_STATES
 */
export function determinise(nfa: Nfa, vocabularySize: number, tooLarge: () => Error): Automaton {
  const sets = [...new Set(nfa.takes.flatMap((arc) => (arc ? [arc.tokens] : [])))];
  const { classOf, classes } = classesOf(vocabularySize, sets);
  const classesIn = new Map(sets.map((tokens) => [tokens, [...new Set(tokens.map((token) => classOf[token]!))]]));

  const known = new Map<string, number>();
  const subsets: number[][] = [];
  const stateOf = (nodes: Iterable<number>): number => {
    const subset = closure(nfa, nodes);
    const key = subset.join();
    if (!known.has(key)) known.set(key, subsets.push(subset) - 1);
    return known.get(key)!;
  };
  stateOf([nfa.start]);
  const rows: Int32Array[] = [];
  for (let state = 0; state < subsets.length; state++) {
    if (subsets.length > MAX_STATES) throw tooLarge();
    const targets = new Map<number, Set<number>>(); // class -> nodes
    for (const node of subsets[state]!) {
      const arc = nfa.takes[node];
      for (const c of arc ? classesIn.get(arc.tokens)! : []) {
        if (!targets.has(c)) targets.set(c, new Set());
        targets.get(c)!.add(arc!.to);
      }
    }
    const row = new Int32Array(classes).fill(-1);
    for (const [c, nodes] of targets) row[c] = stateOf(nodes);
    rows.push(row);
  }
  const next = new Int32Array(rows.length * classes);
  rows.forEach((row, state) => next.set(row, state * classes));
  const accepting = Uint8Array.from(subsets, (subset) => (subset.includes(nfa.end) ? 1 : 0));
  return minimise({ classOf, classes, states: rows.length, next, start: 0, accepting });
}
