import type { Automaton } from './automaton.js';
import { setSums, type SetSums } from './set-sums.js';

/**
 * What an automaton accepts in exactly L tokens that are allowed at their places: a directed graph with a layer of states before each
 * token and one behind the last. Only states on a way from the start to acceptance are in it.
 */
export interface Lattice {
  readonly automaton: Automaton;
  /** L. */
  readonly places: number;
  /** Whether no sequence is left. */
  readonly isEmpty: boolean;
  /** States of each layer, [L + 1] lists. */
  readonly alive: readonly Int32Array[];
  /** The arcs of state s are those from `offsets[s]` to below `offsets[s + 1]`: one for each next state, taken by a set of classes. */
  readonly offsets: Int32Array;
  readonly to: Int32Array;
  readonly set: Int32Array;
  /** The sets of classes that arcs are taken by. */
  readonly sets: readonly Int32Array[];
  readonly sums: SetSums;
  /** Whether a set holds an allowed token at a place, [L, sets]. */
  readonly open: Uint8Array;
  /** Of each place the tokens that an accepted sequence may have there, [L]. Often few: a word that is given, or PAD. */
  readonly tokens: readonly PlaceTokens[];
}

/** The tokens of the vocabulary at a place, those of a class together and as ranges of ids, which are few: sums over them are plain loops. */
export interface PlaceTokens {
  /** The classes that may stand here. */
  readonly classes: Int32Array;
  /** Where the ranges of each of them end in `from` and `to`; those of the first begin at 0, and behind the last are the tokens that may not. */
  readonly ends: Int32Array;
  /** The first token of each range, and the one behind its last. */
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/**
 * @param automaton over whole canvases (`onCanvas`)
 * @param factors log-factors on the tokens [L, V]; -Infinity forbids
 */
export function latticeOf(automaton: Automaton, factors: Float32Array): Lattice {
  const { classOf, classes } = automaton;
  const size = classOf.length;
  const places = factors.length / size;
  const arcs = arcsOf(automaton);
  const open = new Uint8Array(places * arcs.sets.length);
  for (let place = 0; place < places; place++) {
    const allowed = new Uint8Array(classes);
    for (let v = 0; v < size; v++) if (factors[place * size + v] !== -Infinity) allowed[classOf[v]!] = 1;
    arcs.sets.forEach((set, u) => (open[place * arcs.sets.length + u] = set.some((c) => allowed[c] === 1) ? 1 : 0));
  }
  const alive = aliveStates(automaton, arcs, open, places);
  const tokens = alive.slice(0, places).map((_, place) => {
    const taken = takenClasses(automaton, arcs, alive[place]!, alive[place + 1]!);
    return groupedTokens(automaton, taken, factors.subarray(place * size, (place + 1) * size));
  });
  return { automaton, places, isEmpty: alive[0]!.length === 0, alive, ...arcs, sums: setSums(arcs.sets, classes), open, tokens };
}

/** @param factors of the place, [V] */
function groupedTokens({ classOf, classes }: Automaton, taken: Uint8Array, factors: Float32Array): PlaceTokens {
  const ranges = Array.from({ length: classes + 1 }, (): [from: number, to: number][] => []); // the last are those that may not stand here
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
    to: Int32Array.from(all, ([, behind]) => behind),
  };
}

/** The classes that lead from one layer of states to the next: 1 each. */
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

/** The arcs between two states as one, with the set of their classes. */
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

function aliveStates({ states, start, accepting }: Automaton, arcs: Arcs, open: Uint8Array, places: number): Int32Array[] {
  const reached = forwardReach(start, states, arcs, open, places);
  let wanted = accepting;
  const alive = Array.from({ length: places + 1 }, () => new Int32Array(0));
  for (let place = places; place >= 0; place--) {
    if (place < places) wanted = stepBack(wanted, arcs, open.subarray(place * arcs.sets.length));
    alive[place] = Int32Array.from(reached[place]!.filter((state) => wanted[state] === 1));
  }
  return alive;
}

/** The states that allowed tokens reach from the start, of each layer, whether or not they lead to acceptance. */
export function forwardReach(
  start: number,
  states: number,
  { offsets, to, set, sets }: Arcs,
  open: Uint8Array,
  places: number,
): number[][] {
  const layers = [[start]];
  for (let place = 0; place < places; place++) {
    const seen = new Uint8Array(states);
    for (const state of layers[place]!)
      for (let a = offsets[state]!; a < offsets[state + 1]!; a++) if (open[place * sets.length + set[a]!] === 1) seen[to[a]!] = 1;
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
