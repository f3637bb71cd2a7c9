/** How one text became another. */
export interface EditDistance {
  /** Words put in, taken out or replaced, at least (Levenshtein 1966). */
  readonly distance: number;
  /** Words of the first text that stand in the second, in an alignment of that distance with as many of them as can be. */
  readonly kept: number;
}

/** The word-level edit distance of two texts. */
export function editDistance(from: readonly string[], to: readonly string[]): EditDistance {
  let above: EditDistance[] = Array.from({ length: to.length + 1 }, (_, j) => ({ distance: j, kept: 0 }));
  for (const [i, word] of from.entries()) {
    const row: EditDistance[] = [{ distance: i + 1, kept: 0 }];
    for (const [j, other] of to.entries()) {
      const same = word === other;
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
