/** The shortest edit of one sequence into another. */
export interface EditDistance {
  /** Fewest insertions, deletions and substitutions (Levenshtein 1966). */
  readonly distance: number;
  /** Most items of the first sequence that an alignment at this distance leaves unchanged. */
  readonly kept: number;
}

/** Returns the edit distance of two sequences, such as the words of two texts or the letters of two names. */
export function editDistance<T>(from: readonly T[], to: readonly T[]): EditDistance {
  let above: EditDistance[] = Array.from({ length: to.length + 1 }, (_, j) => ({ distance: j, kept: 0 }));
  for (const [i, item] of from.entries()) {
    const row: EditDistance[] = [{ distance: i + 1, kept: 0 }];
    for (const [j, other] of to.entries()) {
      const same = item === other;
      row.push(
        best([
          { distance: above[j]!.distance + (same ? 0 : 1), kept: above[j]!.kept + (same ? 1 : 0) },
          { distance: above[j + 1]!.distance + 1, kept: above[j + 1]!.kept },
          { distance: row[j]!.distance + 1, kept: row[j]!.kept },
        ]),
      );
    }
    above = row;
  }
  return above[to.length]!;
}

const best = (ways: readonly EditDistance[]): EditDistance =>
  ways.reduce((a, b) => (b.distance < a.distance || (b.distance === a.distance && b.kept > a.kept) ? b : a));
