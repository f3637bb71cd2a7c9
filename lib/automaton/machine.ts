import { inputError } from '../base/errors.js';
import type { Vocabulary } from '../text/types.js';
import { type Automaton, MAX_STATES } from './automaton.js';
import { minimise } from './minimise.js';
import { wordIds } from './sequences.js';

/** A non-deterministic automaton over tokens, as functions on states that are made when they are reached. */
export interface Machine<S extends string | number> {
  readonly start: readonly S[];
  /** Returns the class of a token: tokens of one class have the same arcs. Undefined if no accepted text has the token. */
  classOf(token: number): string | undefined;
  /** Returns the states after a token of a class. */
  next(state: S, tokenClass: string): readonly S[];
  accepts(state: S): boolean;
}

/** Most arcs of an automaton: states times classes. */
const MAX_ARCS = 4_000_000;

/**
 * Turns a machine into the smallest automaton that accepts the same, by the subset construction.
 *
 * @param advice what to do if it has too many states
 * @throws InputError if it has
 */
export function automatonOfMachine<S extends string | number>(
  machine: Machine<S>,
  vocabulary: Vocabulary,
  advice = 'ask for less',
): Automaton {
  const names = new Map<string, number>(); // class -> its number; 0 is that of tokens that no text has
  const classOf = new Int32Array(vocabulary.size);
  for (const token of wordIds(vocabulary)) {
    const name = machine.classOf(token);
    if (name === undefined) continue;
    if (!names.has(name)) names.set(name, names.size + 1);
    classOf[token] = names.get(name)!;
  }
  const classes = names.size + 1;
  const step = remembered(machine);

  const known = new Map<string, number>();
  const subsets: (readonly S[])[] = [];
  const nameOf = (states: ReadonlySet<S>): number => {
    if (states.size === 0) return -1;
    const subset = [...states].sort();
    const key = subset.join('\n');
    if (!known.has(key)) known.set(key, subsets.push(subset) - 1);
    return known.get(key)!;
  };
  nameOf(new Set(machine.start));
  const rows: Int32Array[] = [];
  for (let state = 0; state < subsets.length; state++) {
    if (subsets.length > MAX_STATES || subsets.length * classes > MAX_ARCS)
      throw inputError('automaton', `has more than ${MAX_STATES} states or ${MAX_ARCS} arcs; ${advice}`);
    const row = new Int32Array(classes).fill(-1);
    for (const [name, c] of names) row[c] = nameOf(new Set(subsets[state]!.flatMap((one) => step(one, name))));
    rows.push(row);
  }
  const next = new Int32Array(rows.length * classes);
  rows.forEach((row, state) => next.set(row, state * classes));
  const accepting = Uint8Array.from(subsets, (subset) => (subset.some((one) => machine.accepts(one)) ? 1 : 0));
  return minimise({ classOf, classes, states: rows.length, next, start: 0, accepting });
}

/** Returns the arcs of a machine, each computed once. */
function remembered<S extends string | number>(machine: Machine<S>): Machine<S>['next'] {
  const known = new Map<S, Map<string, readonly S[]>>();
  return (state, tokenClass) => {
    if (!known.has(state)) known.set(state, new Map());
    const arcs = known.get(state)!;
    if (!arcs.has(tokenClass)) arcs.set(tokenClass, machine.next(state, tokenClass));
    return arcs.get(tokenClass)!;
  };
}
