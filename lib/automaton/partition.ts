import type { Automaton } from './automaton.js';

/**
 * Returns the coarsest partition of the states in which the states of a block accept the same (Hopcroft 1971, for partial automata Valmari and
 * Lehtinen 2008).
 *
 * @param automaton each of its states but the start leads to an accepted text
 * @returns the block of each state, [states], numbered from 0
 */
export function blocksOf({ classes, states, next, accepting }: Automaton): Int32Array {
  const into = arcsInto(next, states, classes);
  const blockOf = Int32Array.from(accepting);
  const members: Set<number>[] = [new Set(), new Set()];
  blockOf.forEach((block, state) => members[block]!.add(state));
  const open = new Set<number>(); // pairs of a block and a class
  const push = (block: number) => {
    for (const state of members[block]!) for (const c of into.classes(state)) open.add(block * classes + c);
  };
  push(0);
  push(1);
  for (const task of open) {
    open.delete(task);
    const [block, c] = [Math.floor(task / classes), task % classes];
    const hit = new Map<number, number[]>(); // block -> its states whose arc of class c leads into `block`
    for (const state of members[block]!)
      for (const from of into.states(state, c)) {
        const of = blockOf[from]!;
        if (!hit.has(of)) hit.set(of, []);
        hit.get(of)!.push(from);
      }
    for (const [of, states] of hit) {
      const whole = members[of]!;
      if (states.length === whole.size) continue;
      // The smaller part becomes a block of its own, and it alone is queued: the larger one keeps its number, and is queued if it was.
      const smaller = 2 * states.length <= whole.size ? states : without(whole, states);
      const fresh = members.push(new Set(smaller)) - 1;
      for (const state of smaller) {
        whole.delete(state);
        blockOf[state] = fresh;
      }
      push(fresh);
    }
  }
  return renumbered(blockOf);
}

function without(whole: ReadonlySet<number>, states: readonly number[]): number[] {
  const left = new Set(states);
  return [...whole].filter((state) => !left.has(state));
}

interface ArcsInto {
  /** Returns the classes of the arcs that lead to a state. */
  classes(state: number): number[];
  /** Returns the states with an arc of a class to a state. */
  states(state: number, c: number): Int32Array;
}

function arcsInto(next: Int32Array, states: number, classes: number): ArcsInto {
  const offsets = new Int32Array(states * classes + 1); // of (state, class)
  next.forEach((to, i) => (to < 0 ? undefined : offsets[to * classes + (i % classes) + 1]!++));
  for (let i = 0; i < states * classes; i++) offsets[i + 1]! += offsets[i]!;
  const from = new Int32Array(offsets.at(-1)!);
  const filled = offsets.slice();
  next.forEach((to, i) => (to < 0 ? undefined : (from[filled[to * classes + (i % classes)]!++] = Math.floor(i / classes))));
  return {
    classes(state) {
      const found: number[] = [];
      for (let c = 0; c < classes; c++) if (offsets[state * classes + c]! < offsets[state * classes + c + 1]!) found.push(c);
      return found;
    },
    states: (state, c) => from.subarray(offsets[state * classes + c]!, offsets[state * classes + c + 1]!),
  };
}

function renumbered(blocks: Int32Array): Int32Array {
  const names = new Map<number, number>();
  return blocks.map((block) => {
    if (!names.has(block)) names.set(block, names.size);
    return names.get(block)!;
  });
}
