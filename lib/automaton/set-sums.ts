/**
 * Fast sums over sets of classes. Many sets are "any word but these": such a set is the largest set minus a few classes, and its sum takes
 * one subtraction per class.
 */
export interface SetSums {
  /** The largest set. */
  readonly universe: Int32Array;
  /** The classes of each set, or those that it lacks of the universe if `fromUniverse` is 1. */
  readonly parts: readonly Int32Array[];
  readonly fromUniverse: Uint8Array;
}

/** Prepares sums over sets of classes. */
export function setSums(sets: readonly Int32Array[], classes: number): SetSums {
  const universe = sets.reduce((largest, set) => (set.length > largest.length ? set : largest), new Int32Array(0));
  const inUniverse = membership(universe, classes);
  const fromUniverse = new Uint8Array(sets.length);
  const parts = sets.map((set, u) => {
    const lacks = universe.length - set.length;
    if (lacks >= set.length || !set.every((c) => inUniverse[c] === 1)) return set;
    fromUniverse[u] = 1;
    const own = membership(set, classes);
    return universe.filter((c) => own[c] === 0);
  });
  return { universe, parts, fromUniverse };
}

function membership(set: Int32Array, classes: number): Uint8Array {
  const isIn = new Uint8Array(classes);
  for (const c of set) isIn[c] = 1;
  return isIn;
}

/** A difference smaller than this share of what it was taken from is mostly rounding. */
const ROUNDING = 1e-10;

/** Writes the sum of `values` (at least 0, [classes]) over each set to `out` [sets]. */
export function sumSets(
  { universe, parts, fromUniverse }: SetSums,
  sets: readonly Int32Array[],
  values: Float64Array,
  out: Float64Array,
): void {
  const total = sumOver(universe, values);
  for (let u = 0; u < parts.length; u++) {
    const sum = sumOver(parts[u]!, values);
    if (fromUniverse[u] === 0) out[u] = sum;
    else out[u] = total - sum > ROUNDING * total ? total - sum : sumOver(sets[u]!, values);
  }
}

/** Adds `values` (at least 0, [sets]) of the sets that contain each class to `out` [classes]. */
export function spreadSets(
  { universe, parts, fromUniverse }: SetSums,
  sets: readonly Int32Array[],
  values: Float64Array,
  out: Float64Array,
): void {
  let total = 0;
  let largest = 0;
  for (let u = 0; u < parts.length; u++) {
    if (fromUniverse[u] === 0 || values[u] === 0) continue;
    total += values[u]!;
    largest = Math.max(largest, values[u]!);
  }
  if (total > 0 && !(largest * ROUNDING < 1e-9)) return spreadPlainly(sets, values, out);
  if (total > 0) for (const c of universe) out[c]! += total;
  for (let u = 0; u < parts.length; u++) {
    const value = fromUniverse[u] === 0 ? values[u]! : -values[u]!;
    if (value !== 0) for (const c of parts[u]!) out[c]! += value;
  }
}

function spreadPlainly(sets: readonly Int32Array[], values: Float64Array, out: Float64Array): void {
  for (let u = 0; u < sets.length; u++) if (values[u] !== 0) for (const c of sets[u]!) out[c]! += values[u]!;
}

function sumOver(set: Int32Array, values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < set.length; i++) sum += values[set[i]!]!;
  return sum;
}
