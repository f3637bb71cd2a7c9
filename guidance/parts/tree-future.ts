import { type PennTree, withoutRoots } from '../../lib/text/penn-tree.js';
import { commonTokens } from '../../lib/text/vocabulary.js';
import { ANY, readTag, TAG_SETS, type TagChoice } from './tags.js';
import { shapesOf, treesOfRow, type WordShape } from './tree-shape.js';
import { wordFuture } from './word-future.js';

/** A shape with fewer words in the training data is rare, and named more coarsely. */
const RARE = 50;
/** The class of words whose tag is rare too. */
const OTHER = 'other';

/** Predicts the shapes of words, each as finely as it was learned. */
export const treeFuture = <O>(treesOf: (options: O) => readonly PennTree[], isPart: (options: O) => boolean) =>
  wordFuture<O>({
    learned: (rows) => [OTHER, ...learnedNames(rows.flatMap((row) => shapesOf(withoutRoots(treesOfRow(row)))))],
    count: (learned) => learned.length,
    ofRow(row, learned) {
      const classOf = finest(learned);
      return shapesOf(withoutRoots(treesOfRow(row))).map(classOf);
    },
    wanted(options, learned) {
      const classOf = finest(learned);
      const isTagged = (tag: string, c: number) => learned[c]!.split(' ')[0] === tag;
      const allOf = (tag: string) => [...learned.keys()].filter((c) => isTagged(tag, c));
      return shapesOf(withoutRoots(treesOf(options))).map((shape) => {
        if (isPart(options) && shape.tag === ANY) return undefined;
        const tags = tagsOf(shape.tag);
        // A partial tree may be inside a larger constituent, so that more opens and closes.
        const found = isPart(options) ? tags.flatMap(allOf) : tags.map((tag) => classOf(retagged(shape, tag)));
        return [...new Set(found.length > 0 ? found : [learned.indexOf(OTHER)])];
      });
    },
    isOpen: isPart,
  });

/** Returns the names of a shape, the finest first. */
const namesOf = ({ tag, near, full, under }: WordShape): string[] => [`${full} | ${under}`, near, tag];

/** Returns the names of at least `RARE` words that have no finer name, the finest first. */
function learnedNames(shapes: readonly WordShape[]): string[] {
  let left = shapes;
  return [0, 1, 2].flatMap((level) => {
    const nameOf = (shape: WordShape) => namesOf(shape)[level]!;
    const names = commonTokens([left.map(nameOf)], RARE);
    left = left.filter((shape) => !names.includes(nameOf(shape)));
    return names;
  });
}

/** Returns the lookup of a shape's class: the finest of its names that was learned. */
function finest(learned: readonly string[]): (shape: WordShape) => number {
  const classOf = new Map(learned.map((name, c) => [name, c]));
  return (shape) => classOf.get(namesOf(shape).find((name) => classOf.has(name)) ?? OTHER)!;
}

/** Returns the Penn tags that a word of a tree may have. */
function tagsOf(tag: string): readonly string[] {
  const choice = readTag(tag, ['penn']) as TagChoice | undefined; // after `check`
  return choice ? choice.tags.map((t) => TAG_SETS.penn[t]!) : TAG_SETS.penn;
}

const retagged = ({ tag, near, full, under }: WordShape, other: string): WordShape => ({
  tag: other,
  near: other + near.slice(tag.length),
  full: other + full.slice(tag.length),
  under,
});
