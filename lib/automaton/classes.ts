/** A partition of the vocabulary: the class of each token, [V]. */
export interface Classes {
  readonly classOf: Int32Array;
  readonly classes: number;
}

/** Returns the coarsest partition in which every set of tokens is a union of classes. */
export function classesOf(vocabularySize: number, sets: Iterable<readonly number[]>): Classes {
  const classOf = new Int32Array(vocabularySize);
  let classes = Math.min(1, vocabularySize);
  for (const set of sets) {
    const splitOff = new Map<number, number>(); // class before -> its part inside the set
    const sizes = new Int32Array(classes);
    for (const c of classOf) sizes[c]!++;
    const inside = new Int32Array(classes);
    for (const token of set) inside[classOf[token]!]!++;
    for (const token of set) {
      const old = classOf[token]!;
      if (inside[old] === sizes[old]) continue; // the whole class
      if (!splitOff.has(old)) splitOff.set(old, classes++);
      classOf[token] = splitOff.get(old)!;
    }
  }
  return { classOf, classes };
}

/** Returns the coarsest common refinement of two partitions, with the class of each that contains a refined class. */
export function commonRefinement(a: Classes, b: Classes): Classes & { readonly ofA: Int32Array; readonly ofB: Int32Array } {
  const seen = new Map<number, number>();
  const classOf = a.classOf.map((ca, token) => {
    const pair = ca * b.classes + b.classOf[token]!;
    if (!seen.has(pair)) seen.set(pair, seen.size);
    return seen.get(pair)!;
  });
  const pairs = [...seen.keys()];
  return {
    classOf,
    classes: pairs.length,
    ofA: Int32Array.from(pairs, (pair) => Math.floor(pair / b.classes)),
    ofB: Int32Array.from(pairs, (pair) => pair % b.classes),
  };
}
