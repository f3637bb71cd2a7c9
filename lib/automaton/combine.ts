import { inputError } from '../base/errors.js';
import { type Automaton, MAX_STATES } from './automaton.js';
import { commonRefinement } from './classes.js';
import { minimise } from './minimise.js';

/** Returns an automaton that accepts what both accept. @throws InputError if it has too many states */
export const intersect = (a: Automaton, b: Automaton): Automaton => combined(a, b, (inA, inB) => inA && inB);

/** Returns an automaton that accepts what at least one accepts. @throws InputError if it has too many states */
export const union = (a: Automaton, b: Automaton): Automaton => combined(a, b, (inA, inB) => inA || inB);

/** Returns an automaton that accepts every sequence of tokens that this one rejects, special tokens included; `overSequences` removes those. */
export function complement({ classOf, classes, states, next, start, accepting }: Automaton): Automaton {
  const sink = states;
  const total = new Int32Array((states + 1) * classes).fill(sink);
  next.forEach((to, i) => (total[i] = to < 0 ? sink : to));
  const flipped = Uint8Array.from({ length: states + 1 }, (_, state) => (accepting[state] === 1 ? 0 : 1));
  return minimise({ classOf, classes, states: states + 1, next: total, start, accepting: flipped });
}

/** Runs both automata at once; a state is a pair, with -1 for an automaton that has rejected. */
function combined(a: Automaton, b: Automaton, accept: (inA: boolean, inB: boolean) => boolean): Automaton {
  const { classOf, classes, ofA, ofB } = commonRefinement(a, b);
  const names = new Map<number, number>();
  const pairs: (readonly [number, number])[] = [];
  const nameOf = (sa: number, sb: number): number => {
    const key = (sa + 1) * (b.states + 1) + sb + 1;
    if (!names.has(key)) names.set(key, pairs.push([sa, sb]) - 1);
    return names.get(key)!;
  };
  const isDead = (sa: number, sb: number) => !accept(sa >= 0, sb >= 0); // assumes that a live automaton accepts
  nameOf(a.start, b.start);
  const next: number[] = [];
  for (let i = 0; i < pairs.length; i++) {
    if (pairs.length > MAX_STATES)
      throw inputError('automaton', `the controls together make more than ${MAX_STATES} states; use fewer or simpler ones`);
    const [sa, sb] = pairs[i]!;
    for (let c = 0; c < classes; c++) {
      const ta = sa < 0 ? -1 : a.next[sa * a.classes + ofA[c]!]!;
      const tb = sb < 0 ? -1 : b.next[sb * b.classes + ofB[c]!]!;
      next.push(isDead(ta, tb) ? -1 : nameOf(ta, tb));
    }
  }
  const accepting = Uint8Array.from(pairs, ([sa, sb]) => (accept(a.accepting[sa] === 1, b.accepting[sb] === 1) ? 1 : 0));
  return minimise({ classOf, classes, states: pairs.length, next: Int32Array.from(next), start: 0, accepting });
}
