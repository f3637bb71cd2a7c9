import { type ClauseTree, foldClauses, groupHolds, leavesOf } from '../../config/index.js';
import { type Judge, JudgeUnavailable } from '../judge.js';

/** A guide inside an `any` or a `not`, with its options for a text. */
export interface JudgedGuide {
  /** Its name, without the number of a repeated guide. */
  readonly guide: string;
  readonly options: unknown;
}

/**
 * Builds the judge of a whole `any` or `not`, whose targets are clauses. A guide inside holds if its own judge gives 1; the score is 1 if
 * the clause then holds, else 0.
 *
 * @param judges the judges of the guides inside
 */
export function clauseJudge(name: 'any' | 'not', judges: ReadonlyMap<string, Judge>): Judge {
  return {
    name,
    async score(texts, targets) {
      const trees = targets as readonly ClauseTree<JudgedGuide>[];
      const asked = trees.flatMap((tree, text) => leavesOf(tree).map((leaf) => ({ leaf, text })));
      const holds = trees.map(() => new Map<JudgedGuide, boolean>());
      for (const guide of new Set(asked.map(({ leaf }) => leaf.guide))) {
        const judge = judges.get(guide);
        if (!judge) throw new JudgeUnavailable(`no judge knows the guide "${guide}", which is inside the clause`);
        const own = asked.filter(({ leaf }) => leaf.guide === guide);
        const scores = await judge.score(
          own.map(({ text }) => texts[text]!),
          own.map(({ leaf }) => leaf.options),
        );
        own.forEach(({ leaf, text }, i) => holds[text]!.set(leaf, scores[i]!.value === 1));
      }
      return trees.map((tree, text) => {
        const verdict = foldClauses<JudgedGuide, boolean>(
          tree,
          (leaf) => holds[text]!.get(leaf)!,
          (members, { op }) => groupHolds(op, members),
        );
        return verdict ? { value: 1 } : { value: 0, detail: `${name} does not hold` };
      });
    },
  };
}
