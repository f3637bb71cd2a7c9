/**
 * A deterministic finite automaton over tokens, as data. Tokens that no state tells apart form a class, so that a state has one arc per class
 * and not one per token.
 */
export interface Automaton {
  /** Class of each token, [V]. */
  readonly classOf: Int32Array;
  readonly classes: number;
  readonly states: number;
  /** Next state by state and class, [states, classes]; -1 rejects the text. */
  readonly next: Int32Array;
  readonly start: number;
  /** 1 if a text may end in the state, [states]. */
  readonly accepting: Uint8Array;
}

/** Most states of an automaton: marginals over this many take a second per step. */
export const MAX_STATES = 20_000;

/** Returns whether the automaton accepts a sequence of tokens. */
export function accepts({ classOf, classes, next, start, accepting }: Automaton, tokens: Iterable<number>): boolean {
  let state = start;
  for (const token of tokens) {
    state = next[state * classes + classOf[token]!]!;
    if (state < 0) return false;
  }
  return accepting[state] === 1;
}

/** Returns the number of tokens of the shortest accepted sequence; undefined if there is none. */
export function shortest({ classes, states, next, start, accepting }: Automaton): number | undefined {
  const seen = new Uint8Array(states);
  seen[start] = 1;
  let reached = [start];
  for (let length = 0; reached.length > 0; length++) {
    if (reached.some((state) => accepting[state] === 1)) return length;
    const further: number[] = [];
    for (const state of reached)
      for (let c = 0; c < classes; c++) {
        const to = next[state * classes + c]!;
        if (to < 0 || seen[to] === 1) continue;
        seen[to] = 1;
        further.push(to);
      }
    reached = further;
  }
  return undefined;
}
