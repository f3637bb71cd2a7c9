import { isRoot, type PennTree, readBracketing } from '../../text/penn-tree.js';

/** A node above the tags: its label and its words, the first word 0, `end` one past the last. */
export interface Bracket {
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

/** The trees of a text in the form that judges compare; sentences follow each other. */
export interface Brackets {
  /** One Penn tag per word. */
  readonly tags: readonly string[];
  /** Outer nodes before inner ones, without ROOT, TOP and nodes without a label. */
  readonly nodes: readonly Bracket[];
}

/** Returns the tags and nodes of trees that follow each other. */
export function bracketsOf(trees: readonly PennTree[]): Brackets {
  const tags: string[] = [];
  const nodes: { readonly label: string; readonly start: number; end: number }[] = [];
  const visit = (tree: PennTree): void => {
    if (tree.word !== undefined) {
      tags.push(tree.label);
      return;
    }
    const node = { label: tree.label, start: tags.length, end: tags.length };
    if (!isRoot(tree)) nodes.push(node);
    tree.children.forEach(visit);
    node.end = tags.length;
  };
  trees.forEach(visit);
  return { tags, nodes };
}

/**
 * Reads any number of Penn bracketings in one string.
 *
 * @returns the brackets, or what is wrong with the string
 */
export function readBrackets(text: string): Brackets | string {
  const trees = readBracketing(text);
  return 'message' in trees ? `column ${trees.column}: ${trees.message}` : bracketsOf(trees);
}

/** Joins the brackets of sentences, each counted from its own first word, to those of a text. */
export function concatenate(sentences: readonly Brackets[]): Brackets {
  const tags: string[] = [];
  const nodes: Bracket[] = [];
  for (const sentence of sentences) {
    const offset = tags.length;
    for (const { label, start, end } of sentence.nodes) nodes.push({ label, start: start + offset, end: end + offset });
    tags.push(...sentence.tags);
  }
  return { tags, nodes };
}
