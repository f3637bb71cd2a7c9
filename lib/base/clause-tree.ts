/** A clause of a run: a guide's statement, or a group of clauses. */
export type ClauseTree<Leaf> = { readonly leaf: Leaf } | ClauseGroup<Leaf>;

/** Clauses of which all, any or none must hold. */
export interface ClauseGroup<Leaf> {
  readonly op: 'all' | 'any' | 'not';
  /** Name in results: `any`, `any#2`. */
  readonly label: string;
  /** JSON path in the config. */
  readonly path: string;
  /** Multiplies the group's log-probability. */
  readonly weight: number;
  /** Exactly one for `not`. */
  readonly members: readonly ClauseTree<Leaf>[];
}

/** Computes a value of a tree from its leaves up. */
export function foldClauses<Leaf, Value>(
  tree: ClauseTree<Leaf>,
  ofLeaf: (leaf: Leaf) => Value,
  ofGroup: (values: readonly Value[], group: ClauseGroup<Leaf>) => Value,
): Value {
  if ('leaf' in tree) return ofLeaf(tree.leaf);
  return ofGroup(
    tree.members.map((member) => foldClauses(member, ofLeaf, ofGroup)),
    tree,
  );
}

/** Returns the leaves in the order of the config. */
export const leavesOf = <Leaf>(tree: ClauseTree<Leaf>): readonly Leaf[] =>
  foldClauses<Leaf, readonly Leaf[]>(
    tree,
    (leaf) => [leaf],
    (leaves) => leaves.flat(),
  );

/** Returns the same tree with other leaves. */
export const mapLeaves = <A, B>(tree: ClauseTree<A>, of: (leaf: A) => B): ClauseTree<B> =>
  foldClauses<A, ClauseTree<B>>(
    tree,
    (leaf) => ({ leaf: of(leaf) }),
    (members, { op, label, path, weight }) => ({ op, label, path, weight, members }),
  );

/** Returns whether a group holds, given which of its members hold. */
export function groupHolds(op: ClauseGroup<unknown>['op'], members: readonly boolean[]): boolean {
  switch (op) {
    case 'all':
      return members.every(Boolean);
    case 'any':
      return members.some(Boolean);
    case 'not':
      return !members[0]!;
  }
}
