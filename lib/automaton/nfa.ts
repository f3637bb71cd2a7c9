import { inputError } from '../base/errors.js';
import type { TokenRegex } from './token-regex.js';

/** A nondeterministic automaton after Thompson (1968): a node has empty arcs, or one arc that takes a token of a set. */
export interface Nfa {
  readonly start: number;
  readonly end: number;
  readonly empty: readonly (readonly number[])[];
  readonly takes: readonly ({ readonly tokens: readonly number[]; readonly to: number } | undefined)[];
}

/** Most nodes, empty arcs and repeated parts together. */
const MAX_SIZE = 400_000;

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
  #size = 0;

  node(): number {
    this.#grow();
    this.takes.push(undefined);
    return this.empty.push([]) - 1;
  }

  /** Appends a part of the expression to the node `from`. @returns the node after it */
  add(expression: TokenRegex, from: number): number {
    this.#grow(); // a part that adds no node is work too
    switch (expression.kind) {
      case 'one': {
        const [at, to] = [this.node(), this.node()];
        this.#arc(from, at);
        this.takes[at] = { tokens: expression.tokens, to };
        return to;
      }
      case 'sequence':
        return expression.parts.reduce((node, part) => this.add(part, node), from);
      case 'choice': {
        const end = this.node();
        for (const part of expression.parts) {
          const begin = this.node();
          this.#arc(from, begin);
          this.#arc(this.add(part, begin), end);
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
      this.#arc(node, loop);
      this.#arc(loop, end);
      this.#arc(this.add(part, loop), loop);
      return end;
    }
    const end = this.node();
    this.#arc(node, end);
    for (let i = min; i < max; i++) {
      node = this.add(part, node);
      this.#arc(node, end);
    }
    return end;
  }

  #arc(from: number, to: number): void {
    this.#grow();
    this.empty[from]!.push(to);
  }

  #grow(): void {
    if (this.#size++ < MAX_SIZE) return;
    throw inputError(
      'expression',
      'is too large when its repetitions are written out; use smaller bounds, or fewer inside others',
    );
  }
}
