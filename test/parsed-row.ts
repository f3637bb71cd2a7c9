import { readBracketing, tagsOfTrees, type PennTree } from '../lib/text/penn-tree.js';
import type { AnnotatedRow } from '../lib/text/types.js';

export const treesOf = (text: string) => readBracketing(text) as readonly PennTree[];

const wordsOf = ({ word, children }: PennTree): readonly string[] => (word === undefined ? children.flatMap(wordsOf) : [word]);

/** A row of training data of a bracketing. */
export function parsedRow(text: string): AnnotatedRow {
  const words = treesOf(text).flatMap(wordsOf);
  const tags = tagsOfTrees(treesOf(text));
  return { words, sentences: [{ words, tags, upos: tags, tree: text }], fields: {} };
}

export const parsedRows = (count: number, text: string): AnnotatedRow[] => Array.from({ length: count }, () => parsedRow(text));
