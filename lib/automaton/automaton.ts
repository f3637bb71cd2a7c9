/**
 * A deterministic finite automaton over tokens, as data. Tokens that no state tells apart form a class, so that the arcs of a state are
 * as many as the classes and not as the vocabulary.
 */
export interface Automaton {
  /** Class of each token, [V]. */
  readonly classOf: Int32Array;
  readonly classes: number;
  readonly states: number;
  /** Next state by state and class, [states, classes]; -1 where the text is rejected. */
  readonly next: Int32Array;
  readonly start: number;
  /** 1 where a text may end, [states]. */
  readonly accepting: Uint8Array;
}

/** What is more than this is refused: marginals of so many states take a second a step. */
export const MAX_STATES = 20_000;

/** Whether the automaton accepts a sequence of tokens. */
export function accepts({ classOf, classes, next, start, accepting }: Automaton, tokens: Iterable<number>): boolean {
  let state = start;
  for (const token of tokens) {
    state = next[state * classes + classOf[token]!]!;
    if (state < 0) return false;
  }
  return accepting[state] === 1;
}

/** The number of tokens of the shortest sequence that is accepted, or undefined where none is. */
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
