/** A node of a bracketing: a constituent with its members, or a tag with a word or none. */
export interface PennNode {
  readonly label: string;
  readonly members: readonly PennNode[];
  readonly word?: string;
}

/** Reads a Penn bracketing. @returns undefined if its brackets are broken */
export function readPenn(text: string): PennNode | undefined {
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const node = (): PennNode | undefined => {
    if (tokens[at++] !== '(') return undefined;
    const label = isWord(tokens[at]) ? tokens[at++]! : '';
    const members: PennNode[] = [];
    let word: string | undefined;
    while (tokens[at] !== ')') {
      if (isWord(tokens[at])) word = tokens[at++];
      else {
        const member = node();
        if (member === undefined) return undefined;
        members.push(member);
      }
    }
    at += 1;
    return { label, members, ...(word === undefined ? {} : { word }) };
  };
  const root = node();
  return at === tokens.length ? root : undefined;
}

const isWord = (token: string | undefined): boolean => token !== undefined && token !== '(' && token !== ')';

/** Writes a bracketing on one line. */
export function writePenn({ label, members, word }: PennNode): string {
  return `(${[label, ...members.map(writePenn), ...(word === undefined ? [] : [word])].join(' ')})`;
}

/** Returns the tree with one node replaced by others, none or several. */
export function replaceNode(root: PennNode, node: PennNode, by: readonly PennNode[]): PennNode {
  const members = root.members.flatMap((member) => (member === node ? by : [replaceNode(member, node, by)]));
  return { ...root, members };
}
