import { type Automaton, MAX_STATES } from './automaton.js';
import { type Classes, classesOf } from './classes.js';
import { minimise } from './minimise.js';
import type { Nfa } from './nfa.js';

/** Most steps of the subset construction, in nodes visited, arcs followed and cells of the table: half a second. */
const MAX_WORK = 15_000_000;

/** The limit that a deterministic automaton would pass: its states, or the work of finding them. */
export type Excess = 'states' | 'work';

/**
 * Returns the smallest deterministic automaton that accepts the same, by the subset construction over classes of tokens.
 *
 * @param tooLarge makes the error for one of more than MAX_STATES, or one that takes too much work
 */
export function determinise(nfa: Nfa, vocabularySize: number, tooLarge: (excess: Excess) => Error): Automaton {
  const sets = [...new Set(nfa.takes.flatMap((arc) => (arc ? [arc.tokens] : [])))];
  const partition = classesOf(vocabularySize, sets);
  const { classOf, classes } = partition;
  const { subsets, next } = subsetsOf(nfa, sets, partition, tooLarge);
  const accepting = Uint8Array.from(subsets, (subset) => (subset.includes(nfa.end) ? 1 : 0));
  return minimise({ classOf, classes, states: subsets.length, next, start: 0, accepting });
}

/** Returns the reachable sets of nodes, and the next set by set and class, [subsets, classes]; -1 if no node takes the class. */
function subsetsOf(
  nfa: Nfa,
  sets: readonly (readonly number[])[],
  { classOf, classes }: Classes,
  tooLarge: (excess: Excess) => Error,
) {
  const classesIn = new Map(sets.map((tokens) => [tokens, [...new Set(tokens.map((token) => classOf[token]!))]]));
  let work = 0;
  const spend = (steps: number): void => {
    if ((work += steps) > MAX_WORK) throw tooLarge('work');
  };
  const closure = closureIn(nfa, () => spend(1));
  const known = new SubsetIndex();
  const targets = new SubsetIndex(); // many classes lead to the same nodes, whose closure is computed once
  const stateAfter: number[] = [];
  const stateOf = (nodes: readonly number[]): number => {
    spend(nodes.length);
    const target = targets.add(Int32Array.from(nodes).sort());
    return (stateAfter[target] ??= known.add(closure(nodes)));
  };
  stateOf([nfa.start]);
  const rows: Int32Array[] = [];
  for (let state = 0; state < known.subsets.length; state++) {
    if (known.subsets.length > MAX_STATES) throw tooLarge('states');
    const nodesOf = nodesByClass(nfa, known.subsets[state]!, classesIn, spend);
    spend(classes);
    const row = new Int32Array(classes).fill(-1);
    for (const [c, nodes] of nodesOf) row[c] = stateOf(nodes);
    rows.push(row);
  }
  return { subsets: known.subsets, next: concat(rows, classes) };
}

/** Returns the nodes that a set of nodes leads to, by class; no two arcs lead to the same node. */
function nodesByClass(
  { takes }: Nfa,
  subset: Int32Array,
  classesIn: ReadonlyMap<readonly number[], readonly number[]>,
  spend: (steps: number) => void,
): Map<number, number[]> {
  const nodesOf = new Map<number, number[]>();
  for (const node of subset) {
    const arc = takes[node];
    const taken = arc ? classesIn.get(arc.tokens)! : [];
    spend(taken.length + 1);
    for (const c of taken) {
      const nodes = nodesOf.get(c);
      if (nodes) nodes.push(arc!.to);
      else nodesOf.set(c, [arc!.to]);
    }
  }
  return nodesOf;
}

function concat(rows: readonly Int32Array[], width: number): Int32Array {
  const all = new Int32Array(rows.length * width);
  rows.forEach((row, i) => all.set(row, i * width));
  return all;
}

/** Numbers sets of nodes in the order in which they are first seen. */
class SubsetIndex {
  readonly subsets: Int32Array[] = [];
  readonly #byHash = new Map<number, number[]>();

  /** Returns the number of a set. @param subset its nodes in ascending order */
  add(subset: Int32Array): number {
    const hash = subset.reduce((sum, node) => (Math.imul(sum, 31) + node) | 0, subset.length);
    const alike = this.#byHash.get(hash) ?? [];
    const found = alike.find((state) => isSame(this.subsets[state]!, subset));
    if (found !== undefined) return found;
    const state = this.subsets.push(subset) - 1;
    this.#byHash.set(hash, [...alike, state]);
    return state;
  }
}

const isSame = (a: Int32Array, b: Int32Array): boolean => a.length === b.length && a.every((node, i) => node === b[i]);

/**
 * Returns a function that computes the nodes that empty arcs reach from some nodes, in order, as far as they take a token or are the end.
 *
 * @param visit called for each node that is reached
 */
export function closureIn({ empty, takes, end }: Nfa, visit: () => void): (nodes: Iterable<number>) => Int32Array {
  const seenIn = new Int32Array(empty.length); // the call that saw the node last
  let call = 0;
  return (nodes) => {
    call++;
    const kept: number[] = [];
    const open: number[] = [];
    const reach = (node: number): void => {
      if (seenIn[node] === call) return;
      visit();
      seenIn[node] = call;
      open.push(node);
      if (takes[node] !== undefined || node === end) kept.push(node);
    };
    for (const node of nodes) reach(node);
    for (let node = open.pop(); node !== undefined; node = open.pop()) empty[node]!.forEach(reach);
    return Int32Array.from(kept).sort();
  };
}
