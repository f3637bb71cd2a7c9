import { readBracketing, tagsOfTrees, type PennTree } from '../lib/text/penn-tree.js';
import type { AnnotatedRow } from '../lib/text/types.js';

export const treesOf = (text: string) => readBracketing(text) as readonly PennTree[];

const wordsOf = ({ word, children }: PennTree): readonly string[] => (word === undefined ? children.flatMap(wordsOf) : [word]);

/** Returns the training row of a bracketing. */
export function parsedRow(text: string): AnnotatedRow {
  const words = treesOf(text).flatMap(wordsOf);
  const tags = tagsOfTrees(treesOf(text));
  return { words, sentences: [{ words, tags, upos: tags, tree: text }], fields: {} };
}

export const parsedRows = (count: number, text: string): AnnotatedRow[] => Array.from({ length: count }, () => parsedRow(text));

/** "by the pond" is attached to the verb in the first sentence, to the noun in the second. */
export const waits = '(ROOT (S (NP (DT The) (NN heron)) (VP (VBZ waits) (PP (IN by) (NP (DT the) (NN pond)))) (. .)))';
export const sleeps = '(ROOT (S (NP (NP (DT A) (NN heron)) (PP (IN by) (NP (DT the) (NN pond)))) (VP (VBZ sleeps)) (. .)))';
