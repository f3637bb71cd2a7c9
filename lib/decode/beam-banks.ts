import type { Automaton } from '../automaton/index.js';

/** Returns the fewest tokens that lead from each state to acceptance, [states]; Infinity if none do. */
export function acceptanceDistances({ states, classes, next, accepting }: Automaton): Float64Array {
  const distances = Float64Array.from(accepting, (ends) => (ends === 1 ? 0 : Infinity));
  for (let changed = true; changed;) {
    changed = false;
    for (let state = 0; state < states; state++)
      for (let c = 0; c < classes; c++) {
        const to = next[state * classes + c]!;
        if (to < 0 || distances[to]! + 1 >= distances[state]!) continue;
        distances[state] = distances[to]! + 1;
        changed = true;
      }
  }
  return distances;
}

/**
 * Returns the beams that survive. Beams at the same distance from acceptance form a bank; the banks take turns, nearest first, and each gives
 * its best remaining beam.
 *
 * @param distanceOf returns the number of words from acceptance
 */
export function shareBeams<B extends { readonly rank: number }>(
  beams: readonly B[],
  width: number,
  distanceOf: (beam: B) => number,
): B[] {
  const banks = new Map<number, B[]>();
  for (const beam of [...beams].sort((a, b) => b.rank - a.rank)) {
    const distance = distanceOf(beam);
    banks.set(distance, [...(banks.get(distance) ?? []), beam]);
  }
  const inOrder = [...banks].sort(([a], [b]) => a - b).map(([, bank]) => bank);
  const kept: B[] = [];
  for (let turn = 0; kept.length < Math.min(width, beams.length); turn++)
    for (const bank of inOrder) if (turn < bank.length && kept.length < width) kept.push(bank[turn]!);
  return kept;
}
