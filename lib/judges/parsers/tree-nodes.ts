import type { PennTree } from '../../text/penn-tree.js';
import type { Brackets } from './brackets.js';

/** A tag or a node of a tree with what stands around it. */
export interface TreeNode {
  readonly node: PennTree;
  /** The children of the parent, the node itself at `index`. */
  readonly siblings: readonly PennTree[];
  readonly index: number;
  /** Undefined of what stands at the top. */
  readonly parent: TreeNode | undefined;
}

/** The places of the words of a text, in order. @param words as many as the brackets have tags */
export function nodesOfWords(words: readonly string[], brackets: Brackets): TreeNode[] {
  const placesIn = (siblings: readonly PennTree[], parent: TreeNode | undefined): TreeNode[] =>
    siblings.flatMap((node, index) => {
      const place = { node, siblings, index, parent };
      return node.word === undefined ? placesIn(node.children, place) : [place];
    });
  return placesIn(treesOf(words, brackets), undefined);
}

/** Puts the nodes into each other again: they lie there outer before inner. */
function treesOf(words: readonly string[], { tags, nodes }: Brackets): PennTree[] {
  const trees: PennTree[] = [];
  const open: { readonly children: PennTree[]; readonly end: number }[] = [{ children: trees, end: words.length }];
  const waiting = nodes.filter(({ start, end }) => end > start);
  let next = 0;
  words.forEach((word, i) => {
    while (open.at(-1)!.end <= i) open.pop();
    for (; waiting[next]?.start === i; next++) {
      const { label, end } = waiting[next]!;
      const children: PennTree[] = [];
      open.at(-1)!.children.push({ label, children });
      open.push({ children, end });
    }
    open.at(-1)!.children.push({ label: tags[i]!, word, children: [] });
  });
  return trees;
}

export const isOf =
  (...labels: readonly string[]) =>
  ({ label }: PennTree): boolean =>
    labels.includes(label);

export const isIn = ({ parent }: TreeNode, ...labels: readonly string[]): boolean =>
  parent !== undefined && labels.includes(parent.node.label);

/** Whether a node is all that such a parent has. */
export const isAllOf = (place: TreeNode, ...labels: readonly string[]): boolean =>
  place.siblings.length === 1 && isIn(place, ...labels);

export const nodesAfter = ({ siblings, index }: TreeNode): readonly PennTree[] => siblings.slice(index + 1);

/** Words in lower case. */
export const setOf = (words: string): ReadonlySet<string> => new Set(words.split(' '));

export const isWord = ({ word }: PennTree, among: ReadonlySet<string>): boolean =>
  word !== undefined && among.has(word.toLowerCase());
