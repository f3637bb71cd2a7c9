/** A node of a Penn Treebank bracketing: a constituent with children, or a tag with its word. */
export interface PennTree {
  /** A phrase label or a tag, without function tags: `NP` for `NP-SBJ`. */
  readonly label: string;
  /** The word of a tag; undefined for a constituent. */
  readonly word?: string;
  /** Empty for a tag. */
  readonly children: readonly PennTree[];
}

/** A constituent of a text; `start` and `end` are its first and last word, the first word of the text 0. */
export interface Constituent {
  readonly start: number;
  readonly end: number;
  /** A phrase label; a chain of nodes over the same words is joined from the outermost to the innermost: `S::VP`. */
  readonly label: string;
}

/** An error in a bracketing and its character, the first one 1. */
export interface BracketingError {
  readonly column: number;
  readonly message: string;
}

/** Separator of the labels of a chain of nodes over the same words. */
export const CHAIN = '::';

const MAX_CHARACTERS = 100_000;
const MAX_DEPTH = 500;
const PIECE = /[()]|[^\s()]+/gu;
/** Labels of the node above a sentence, which no parse compares. */
const ROOTS: ReadonlySet<string> = new Set(['', 'ROOT', 'TOP', 'S1']);

interface Piece {
  readonly text: string;
  readonly column: number;
}

interface OpenNode {
  readonly label: string;
  readonly column: number;
  readonly children: PennTree[];
  readonly words: string[];
}

/**
 * Reads any number of trees such as `(ROOT (S (NP (NNP Anna)) (VP (VBZ sings))))`. A node with one word as its only child is a tag. A bare
 * word among several children is its own tag: `(NP DT NN)` is `(NP (DT DT) (NN NN))`.
 */
export function readBracketing(text: string): readonly PennTree[] | BracketingError {
  if (text.length > MAX_CHARACTERS)
    return { column: MAX_CHARACTERS + 1, message: `expected at most ${MAX_CHARACTERS} characters, got ${text.length}` };
  const pieces = [...text.matchAll(PIECE)].map((match): Piece => ({ text: match[0], column: match.index + 1 }));
  const trees: PennTree[] = [];
  const open: OpenNode[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const { text: piece, column } = pieces[i]!;
    const parent = open.at(-1);
    if (piece === '(') {
      if (open.length === MAX_DEPTH) return { column, message: `expected at most ${MAX_DEPTH} nodes inside each other` };
      const next = pieces[i + 1]?.text ?? '';
      const labelled = next !== '(' && next !== ')';
      if (labelled) i++;
      open.push({ label: labelled ? withoutFunction(next) : '', column, children: [], words: [] });
    } else if (parent === undefined) {
      return { column, message: piece === ')' ? 'this ")" closes no node' : `expected "(" before "${piece}"` };
    } else if (piece === ')') {
      open.pop();
      const node = closed(parent);
      if ('message' in node) return node;
      (open.at(-1)?.children ?? trees).push(node);
    } else {
      parent.words.push(piece);
      parent.children.push({ label: piece, word: piece, children: [] });
    }
  }
  if (open.length > 0)
    return { column: open.at(-1)!.column, message: `this "(" is never closed, ${open.length} ")" are missing` };
  if (trees.length === 0) return { column: 1, message: 'expected a tree such as "(S (NP (NNP Anna)) (VP (VBZ sings)))"' };
  return trees;
}

function closed({ label, column, children, words }: OpenNode): PennTree | BracketingError {
  if (children.length === 0) return { column, message: 'this node has neither words nor children' };
  if (words.length > 1 || words.length < children.length) return { label, children };
  return label === '' ? { column, message: 'expected a tag after "("' } : { label, word: words[0]!, children: [] };
}

/** Removes function tags: `NP-SBJ=2` becomes `NP`; a tag such as `-LRB-` stays. */
const withoutFunction = (label: string): string => label.replace(/^([^-=]+)[-=].*$/u, '$1');

/**
 * Writes trees as a bracketing on one line.
 *
 * @param wordOf the word to write for a tag. Default: its own
 */
export function writeBracketing(trees: readonly PennTree[], wordOf = ({ word }: PennTree): string => word!): string {
  const written = (node: PennTree): string =>
    `(${node.label} ${node.word === undefined ? node.children.map(written).join(' ') : wordOf(node)})`;
  return trees.map(written).join(' ');
}

/** Returns whether a node is the root above a sentence: ROOT, TOP, S1 or a node without a label. */
export const isRoot = ({ label }: PennTree): boolean => ROOTS.has(label);

/** Returns the trees without the roots above their sentences. */
export function withoutRoots(trees: readonly PennTree[]): PennTree[] {
  return trees.flatMap((tree) => (isRoot(tree) ? withoutRoots(tree.children) : [tree]));
}

/** Returns the tags of trees, one per word. */
export function tagsOfTrees(trees: readonly PennTree[]): string[] {
  return trees.flatMap(({ label, word, children }) => (word === undefined ? tagsOfTrees(children) : [label]));
}

/** Returns the constituents of the trees of a text, outer ones first: all nodes above the tags but ROOT. */
export function constituentsOf(trees: readonly PennTree[]): Constituent[] {
  const found: Constituent[] = [];
  let word = 0;
  const visit = (node: PennTree, above: readonly string[]): void => {
    if (node.word !== undefined) {
      if (above.length > 0) found.push({ start: word, end: word, label: above.join(CHAIN) });
      word++;
      return;
    }
    const chain = isRoot(node) ? above : [...above, node.label];
    if (node.children.length === 1) return visit(node.children[0]!, chain);
    const index = found.length;
    const start = word;
    for (const child of node.children) visit(child, []);
    if (chain.length > 0) found.splice(index, 0, { start, end: word - 1, label: chain.join(CHAIN) });
  };
  for (const tree of trees) visit(tree, []);
  return found;
}
