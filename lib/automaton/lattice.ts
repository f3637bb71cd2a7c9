import type { Automaton } from './automaton.js';
import { setSums, type SetSums } from './set-sums.js';

/**
 * The sequences of exactly L tokens, allowed at their positions, that an automaton accepts: a directed graph with a layer of states before
 * each token and one after the last. It has only states on a path from the start to acceptance.
 */
export interface Lattice {
  readonly automaton: Automaton;
  /** L. */
  readonly positions: number;
  /** Whether no sequence is accepted. */
  readonly isEmpty: boolean;
  /** States of each layer, [L + 1] lists. */
  readonly alive: readonly Int32Array[];
  /** The arcs of state s are `offsets[s]` to `offsets[s + 1]` - 1: one per next state, taken by a set of classes. */
  readonly offsets: Int32Array;
  readonly to: Int32Array;
  readonly set: Int32Array;
  /** The sets of classes of the arcs. */
  readonly sets: readonly Int32Array[];
  readonly sums: SetSums;
  /** 1 if a set has an allowed token at a position, [L, sets]. */
  readonly open: Uint8Array;
  /** For each position, the tokens of accepted sequences, [L]. Often few: a given word, or PAD. */
  readonly tokens: readonly PositionTokens[];
}

/** The tokens of the vocabulary at a position, grouped by class as ranges of ids. Ranges are few, so sums over them are plain loops. */
export interface PositionTokens {
  /** The classes allowed here. */
  readonly classes: Int32Array;
  /** The end of the ranges of each class in `from` and `to`, which begin at the previous end; the ranges after the last are forbidden tokens. */
  readonly ends: Int32Array;
  /** The first token of each range, and one past its last. */
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/**
 * Builds the lattice of an automaton under factors.
 *
 * @param automaton over whole sequences (`overSequences`)
 * @param factors log-factors on the tokens [L, V]; -Infinity forbids
 */
export function latticeOf(automaton: Automaton, factors: Float32Array): Lattice {
  const { classOf, classes } = automaton;
  const size = classOf.length;
  const layers = layersOf(automaton, factors);
  const { positions, alive } = layers;
  const tokens = Array.from({ length: positions }, (_, position) => {
    const taken = takenClasses(automaton, layers, alive[position]!, alive[position + 1]!);
    return groupedTokens(automaton, taken, factors.subarray(position * size, (position + 1) * size));
  });
  return { automaton, ...layers, sums: setSums(layers.sets, classes), tokens };
}

/** The states and arcs of a lattice, without its tokens: enough to tell whether it is empty. */
export type Layers = Omit<Lattice, 'automaton' | 'sums' | 'tokens'>;

/** Builds the states and arcs of a lattice. The parameters are those of `latticeOf`. */
export function layersOf(automaton: Automaton, factors: Float32Array): Layers {
  const { classOf, classes } = automaton;
  const size = classOf.length;
  const positions = factors.length / size;
  const arcs = arcsOf(automaton);
  const open = new Uint8Array(positions * arcs.sets.length);
  for (let position = 0; position < positions; position++) {
    const allowed = new Uint8Array(classes);
    for (let v = 0; v < size; v++) if (factors[position * size + v] !== -Infinity) allowed[classOf[v]!] = 1;
    arcs.sets.forEach((set, u) => (open[position * arcs.sets.length + u] = set.some((c) => allowed[c] === 1) ? 1 : 0));
  }
  const alive = aliveStates(automaton, arcs, open, positions);
  return { positions, isEmpty: alive[0]!.length === 0, alive, ...arcs, open };
}

/** @param factors at the position, [V] */
function groupedTokens({ classOf, classes }: Automaton, taken: Uint8Array, factors: Float32Array): PositionTokens {
  const ranges = Array.from({ length: classes + 1 }, (): [from: number, to: number][] => []); // the last are the forbidden tokens
  for (let v = 0; v < factors.length; v++) {
    const own = ranges[taken[classOf[v]!] === 1 && factors[v] !== -Infinity ? classOf[v]! : classes]!;
    const last = own.at(-1);
    if (last?.[1] === v) last[1] = v + 1;
    else own.push([v, v + 1]);
  }
  const used = [...ranges.keys()].filter((c) => c < classes && ranges[c]!.length > 0);
  const all = [...used, classes].flatMap((c) => ranges[c]!);
  let end = 0;
  return {
    classes: Int32Array.from(used),
    ends: Int32Array.from(used, (c) => (end += ranges[c]!.length)),
    from: Int32Array.from(all, ([first]) => first),
    to: Int32Array.from(all, ([, end]) => end),
  };
}

/** Marks the classes that lead from one layer of states to the next, [classes]. */
function takenClasses(
  { states, classes }: Automaton,
  { offsets, to, set, sets }: Arcs,
  from: Int32Array,
  next: Int32Array,
): Uint8Array {
  const isNext = new Uint8Array(states);
  for (const state of next) isNext[state] = 1;
  const usedSets = new Set<number>();
  for (const state of from)
    for (let a = offsets[state]!; a < offsets[state + 1]!; a++) if (isNext[to[a]!] === 1) usedSets.add(set[a]!);
  const taken = new Uint8Array(classes);
  for (const u of usedSets) for (const c of sets[u]!) taken[c] = 1;
  return taken;
}

type Arcs = Pick<Lattice, 'offsets' | 'to' | 'set' | 'sets'>;

/** Merges the arcs between two states into one, with the set of their classes. */
function arcsOf({ classes, states, next }: Automaton): Arcs {
  const offsets = new Int32Array(states + 1);
  const to: number[] = [];
  const set: number[] = [];
  const names = new Map<string, number>();
  const sets: Int32Array[] = [];
  for (let state = 0; state < states; state++) {
    const taken = new Map<number, number[]>();
    for (let c = 0; c < classes; c++) {
      const target = next[state * classes + c]!;
      if (target < 0) continue;
      if (!taken.has(target)) taken.set(target, []);
      taken.get(target)!.push(c);
    }
    for (const [target, by] of taken) {
      const key = by.join();
      if (!names.has(key)) names.set(key, sets.push(Int32Array.from(by)) - 1);
      to.push(target);
      set.push(names.get(key)!);
    }
    offsets[state + 1] = to.length;
  }
  return { offsets, to: Int32Array.from(to), set: Int32Array.from(set), sets };
}

function aliveStates({ states, start, accepting }: Automaton, arcs: Arcs, open: Uint8Array, positions: number): Int32Array[] {
  const reached = forwardReach(start, states, arcs, open, positions);
  let wanted = accepting;
  const alive = Array.from({ length: positions + 1 }, () => new Int32Array(0));
  for (let position = positions; position >= 0; position--) {
    if (position < positions) wanted = stepBack(wanted, arcs, open.subarray(position * arcs.sets.length));
    alive[position] = Int32Array.from(reached[position]!.filter((state) => wanted[state] === 1));
  }
  return alive;
}

/** Returns the states of each layer that allowed tokens reach from the start, whether or not they lead to acceptance. */
export function forwardReach(
  start: number,
  states: number,
  { offsets, to, set, sets }: Arcs,
  open: Uint8Array,
  positions: number,
): number[][] {
  const layers = [[start]];
  for (let position = 0; position < positions; position++) {
    const seen = new Uint8Array(states);
    for (const state of layers[position]!)
      for (let a = offsets[state]!; a < offsets[state + 1]!; a++)
        if (open[position * sets.length + set[a]!] === 1) seen[to[a]!] = 1;
    layers.push([...seen.keys()].filter((state) => seen[state] === 1));
  }
  return layers;
}

function stepBack(wanted: Uint8Array, { offsets, to, set }: Arcs, open: Uint8Array): Uint8Array {
  const before = new Uint8Array(wanted.length);
  for (let state = 0; state < wanted.length; state++)
    for (let a = offsets[state]!; a < offsets[state + 1]! && before[state] === 0; a++)
      before[state] = open[set[a]!] === 1 && wanted[to[a]!] === 1 ? 1 : 0;
  return before;
}
