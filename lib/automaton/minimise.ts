import type { Automaton } from './automaton.js';
import { blocksOf } from './partition.js';

/** Returns the automaton with the fewest states and classes that accepts the same. */
export function minimise(automaton: Automaton): Automaton {
  return mergeClasses(mergeStates(trim(automaton)));
}

/** Removes states that no text reaches or that lead to no accepted text; the start always stays. */
export function trim({ classOf, classes, states, next, start, accepting }: Automaton): Automaton {
  const forward = closureOf(states, [start], (state, visit) => {
    for (let c = 0; c < classes; c++) visit(next[state * classes + c]!);
  });
  const before: number[][] = Array.from({ length: states }, () => []);
  next.forEach((to, i) => (to >= 0 ? before[to]!.push(Math.floor(i / classes)) : undefined));
  const ends = [...accepting.keys()].filter((state) => accepting[state] === 1);
  const backward = closureOf(states, ends, (state, visit) => before[state]!.forEach(visit));
  const kept = [...accepting.keys()].filter((state) => state === start || (forward[state] === 1 && backward[state] === 1));
  const nameOf = new Int32Array(states).fill(-1);
  kept.forEach((state, i) => (nameOf[state] = i));
  const renamed = new Int32Array(kept.length * classes);
  kept.forEach((state, i) => {
    const row = next.subarray(state * classes, (state + 1) * classes);
    renamed.set(row.map((to) => (to < 0 ? -1 : nameOf[to]!)), i * classes); // prettier-ignore
  });
  return {
    classOf,
    classes,
    states: kept.length,
    next: renamed,
    start: nameOf[start]!,
    accepting: Uint8Array.from(kept, (state) => accepting[state]!),
  };
}

function closureOf(
  states: number,
  from: readonly number[],
  each: (state: number, visit: (to: number) => void) => void,
): Uint8Array {
  const seen = new Uint8Array(states);
  const open: number[] = [];
  const visit = (state: number) => {
    if (state < 0 || seen[state] === 1) return;
    seen[state] = 1;
    open.push(state);
  };
  from.forEach(visit);
  for (let state = open.pop(); state !== undefined; state = open.pop()) each(state, visit);
  return seen;
}

/** Merges states that accept the same rests of a text. */
function mergeStates(automaton: Automaton): Automaton {
  const { classes, states, next, start, accepting } = automaton;
  const blockOf = blocksOf(automaton);
  const count = blockOf.reduce((most, block) => Math.max(most, block), -1) + 1;
  const merged = new Int32Array(count * classes).fill(-1);
  const mergedAccepting = new Uint8Array(count);
  for (let state = 0; state < states; state++) {
    const block = blockOf[state]!;
    mergedAccepting[block] = accepting[state]!;
    for (let c = 0; c < classes; c++) {
      const to = next[state * classes + c]!;
      merged[block * classes + c] = to < 0 ? -1 : blockOf[to]!;
    }
  }
  return { ...automaton, states: count, next: merged, start: blockOf[start]!, accepting: mergedAccepting };
}

/** Merges classes that every state treats alike. */
function mergeClasses(automaton: Automaton): Automaton {
  const { classOf, classes, states, next } = automaton;
  // Classes stay together as long as all states read so far treat them alike.
  let nameOf = new Int32Array(classes);
  let kept = [0].slice(0, classes);
  for (let state = 0; state < states && kept.length < classes; state++) {
    const known = new Map<number, number>();
    kept = [];
    nameOf = nameOf.map((name, c) => {
      const key = name * (states + 1) + next[state * classes + c]! + 1;
      if (!known.has(key)) known.set(key, kept.push(c) - 1);
      return known.get(key)!;
    });
  }
  const merged = new Int32Array(states * kept.length);
  for (let state = 0; state < states; state++)
    kept.forEach((c, i) => (merged[state * kept.length + i] = next[state * classes + c]!));
  return { ...automaton, classOf: classOf.map((c) => nameOf[c]!), classes: kept.length, next: merged };
}
