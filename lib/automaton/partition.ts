import type { Automaton } from './automaton.js';

/**
 * Returns the coarsest partition of the states in which the states of a block accept the same (Hopcroft 1971). Rejection counts as a state of
 * its own, which the result omits.
 *
 * @returns the block of each state, [states], numbered from 0
 */
export function blocksOf({ classes, states, next, accepting }: Automaton): Int32Array {
  const sink = states;
  const before = predecessors(next, states, classes);
  const blockOf = Int32Array.from({ length: states + 1 }, (_, state) => (accepting[state] === 1 ? 1 : 0));
  const members: Set<number>[] = [new Set(), new Set()];
  blockOf.forEach((block, state) => members[block]!.add(state));
  const open = new Set<number>();
  const push = (block: number) => {
    for (let c = 0; c < classes; c++) open.add(block * classes + c);
  };
  push(0);
  push(1);
  for (const task of open) {
    open.delete(task);
    const [block, c] = [Math.floor(task / classes), task % classes];
    const hit = new Map<number, number[]>(); // block -> its states whose arc of class c leads into `block`
    for (const state of members[block]!)
      for (const from of before(state, c)) {
        const of = blockOf[from]!;
        if (!hit.has(of)) hit.set(of, []);
        hit.get(of)!.push(from);
      }
    for (const [of, states] of hit) {
      const whole = members[of]!;
      if (states.length === whole.size) continue;
      const fresh = members.push(new Set(states)) - 1;
      for (const state of states) {
        whole.delete(state);
        blockOf[state] = fresh;
      }
      for (let d = 0; d < classes; d++) {
        // Both parts of a queued block must be queued; otherwise the smaller one is enough.
        const smaller = open.has(of * classes + d) || states.length <= whole.size ? fresh : of;
        open.add(smaller * classes + d);
      }
    }
  }
  return renumbered(blockOf.subarray(0, sink));
}

/** Indexes the states with an arc of a class to a state; missing arcs lead to the sink. */
function predecessors(next: Int32Array, sink: number, classes: number): (state: number, c: number) => Int32Array {
  const arcs = (sink + 1) * classes;
  const target = (i: number) => (i >= next.length || next[i]! < 0 ? sink : next[i]!);
  const offsets = new Int32Array(arcs + 1); // of (state, class)
  for (let i = 0; i < arcs; i++) offsets[target(i) * classes + (i % classes) + 1]!++;
  for (let i = 0; i < arcs; i++) offsets[i + 1]! += offsets[i]!;
  const from = new Int32Array(arcs);
  const filled = offsets.slice();
  for (let i = 0; i < arcs; i++) from[filled[target(i) * classes + (i % classes)]!++] = Math.floor(i / classes);
  return (state, c) => from.subarray(offsets[state * classes + c]!, offsets[state * classes + c + 1]!);
}

function renumbered(blocks: Int32Array): Int32Array {
  const names = new Map<number, number>();
  return blocks.map((block) => {
    if (!names.has(block)) names.set(block, names.size);
    return names.get(block)!;
  });
}
