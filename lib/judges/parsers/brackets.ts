/** A node above the tags: its label and the words it covers, the first one 0, `end` one past the last. */
export interface Bracket {
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

/** What judges need of the trees of a text; its sentences lie one behind the other. */
export interface Brackets {
  /** A Penn tag a word. */
  readonly tags: readonly string[];
  /** Outer nodes before inner ones, without ROOT, TOP and nodes that have no label. */
  readonly nodes: readonly Bracket[];
}

const MAX_LENGTH = 100_000;
const MAX_DEPTH = 500;
const PIECE = /[()]|[^\s()]+/gu;
const ROOTS: ReadonlySet<string> = new Set(['', 'ROOT', 'TOP', 'S1']);

/** An open node while reading. */
interface Open {
  readonly label: string;
  readonly start: number;
  /** Where it stands among the nodes, to be taken out if it turns out to be a tag. */
  readonly place: number;
  atoms: number;
  children: number;
}

/**
 * Reads Penn bracketings such as `(ROOT (S (NP (NNP Anna)) (VP (VBZ sings))))`, any number of trees in one string. A node whose only
 * child is a word is a tag, and so is one without children; among several children a word by itself is its own tag: `(NP DT NN)`.
 * Function tags are cut off: `NP-SBJ` and `NP=2` are `NP`.
 * @returns the brackets, or what is wrong with the string
 */
export function readBrackets(text: string): Brackets | string {
  if (text.length > MAX_LENGTH) return `expected a tree of at most ${MAX_LENGTH} characters, got ${text.length}`;
  const pieces = text.match(PIECE) ?? [];
  const tags: string[] = [];
  const nodes: { label: string; start: number; end: number; removed?: true }[] = [];
  const open: Open[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i]!;
    const parent = open.at(-1);
    if (piece === '(') {
      const next = pieces[i + 1];
      const label = next === undefined || next === '(' || next === ')' ? '' : pieces[++i]!;
      if (open.length === MAX_DEPTH) return `expected at most ${MAX_DEPTH} nodes inside each other`;
      if (parent) parent.children++;
      open.push({ label, start: tags.length, place: nodes.length, atoms: 0, children: 0 });
      nodes.push({ label: withoutFunction(label), start: tags.length, end: tags.length });
    } else if (parent === undefined) {
      return piece === ')' ? 'a ")" closes no node' : `expected "(" before ${JSON.stringify(piece)}`;
    } else if (piece === ')') {
      open.pop();
      const isTag = parent.children === 0 && parent.atoms <= 1;
      if (isTag && parent.label === '') return 'expected a label after "("';
      if (isTag) tags.splice(parent.start, tags.length, parent.label);
      nodes[parent.place]!.end = tags.length;
      if (isTag || ROOTS.has(parent.label)) nodes[parent.place]!.removed = true;
    } else {
      parent.atoms++;
      tags.push(piece);
    }
  }
  if (open.length > 0) return `expected ${open.length} more ")" at the end`;
  if (tags.length === 0) return 'expected a tree such as "(S (NP (NNP Anna)) (VP (VBZ sings)))"';
  return { tags, nodes: nodes.filter(({ removed }) => !removed).map(({ label, start, end }) => ({ label, start, end })) };
}

const withoutFunction = (label: string): string => label.replace(/(?<=.)[-=].*$/u, '');

/** The brackets of a text from those of its sentences, each counted from its own first word. */
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
