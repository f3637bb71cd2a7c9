import type { PennTree } from '../../text/penn-tree.js';
import type { Brackets } from './brackets.js';

/** A node of a tree with its surroundings. */
export interface TreeNode {
  readonly node: PennTree;
  /** The children of the parent; the node itself is at `index`. */
  readonly siblings: readonly PennTree[];
  readonly index: number;
  /** Undefined at the top. */
  readonly parent: TreeNode | undefined;
}

/**
 * Returns the tag nodes of a text, in the order of its words.
 *
 * @param words as many as the brackets have tags
 */
export function nodesOfWords(words: readonly string[], brackets: Brackets): TreeNode[] {
  const tagsIn = (siblings: readonly PennTree[], parent: TreeNode | undefined): TreeNode[] =>
    siblings.flatMap((node, index) => {
      const own = { node, siblings, index, parent };
      return node.word === undefined ? tagsIn(node.children, own) : [own];
    });
  return tagsIn(treesOf(words, brackets), undefined);
}

/** Nests the nodes again; they are in pre-order. */
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

/** Returns whether a node is the only child of a parent with one of the labels. */
export const isOnlyChildOf = (child: TreeNode, ...labels: readonly string[]): boolean =>
  child.siblings.length === 1 && isIn(child, ...labels);

export const nodesAfter = ({ siblings, index }: TreeNode): readonly PennTree[] => siblings.slice(index + 1);

/** Returns the set of words, in lower case, of a list with spaces between them. */
export const setOf = (words: string): ReadonlySet<string> => new Set(words.split(' '));

export const isWord = ({ word }: PennTree, among: ReadonlySet<string>): boolean =>
  word !== undefined && among.has(word.toLowerCase());
