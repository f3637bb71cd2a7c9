import { isAuxiliary } from './auxiliary-verbs.js';
import type { Brackets } from './brackets.js';
import { isIn, isOf, isOnlyChildOf, isWord, nodesAfter, nodesOfWords, setOf, type TreeNode } from './tree-nodes.js';

/**
 * Returns the Universal tags of a parsed text, one per word: by the Penn tag if that is enough, else by the word and the nodes around it.
 * The rules are those by which Stanford CoreNLP 4.5.10 converts English trees (its class `edu.stanford.nlp.trees.UniversalPOSMapper`, with
 * the patterns of auxiliaries and copulas of `UniversalEnglishGrammaticalRelations`), reimplemented. Errors of the parser become errors of
 * the tags. A word without a rule is X.
 *
 * @param words the parsed words, as many as the brackets have tags
 */
export const universalTags = (words: readonly string[], brackets: Brackets): string[] =>
  nodesOfWords(words, brackets).map(universalTag);

function universalTag(tag: TreeNode): string {
  const { label } = tag.node;
  if (label.startsWith('VB')) return isAuxiliary(tag) ? 'AUX' : 'VERB';
  return BY_CONTEXT.get(label)?.(tag) ?? BY_TAG.get(label) ?? 'X';
}

const BY_TAG = new Map(
  Object.entries({
    ADJ: 'JJ JJR JJS',
    ADP: 'RP',
    ADV: 'RBR RBS WRB',
    AUX: 'MD',
    CCONJ: 'CC',
    DET: 'PDT',
    INTJ: 'UH',
    NOUN: 'NNS',
    NUM: 'CD LS',
    PART: 'POS',
    PRON: 'EX PRP PRP$ WP WP$',
    PROPN: 'NNP NNPS',
    PUNCT: ", . : `` '' ( ) -LRB- -RRB- HYPH",
    SYM: '# $ SYM',
  }).flatMap(([universal, penn]) => penn.split(' ').map((tag) => [tag, universal] as const)),
);

const NOT = setOf("not n't nt t n");
const ONLY = setOf('only just merely even');
const THIS = setOf('this that these those');
const WHICH = setOf('that which');
const INDEFINITE = setOf('somebody something someone anybody anything anyone everybody everything everyone nobody nothing');

const BY_CONTEXT: ReadonlyMap<string, (tag: TreeNode) => string> = new Map(
  Object.entries({
    TO: (tag) => (isOfInfinitive(tag) ? 'PART' : 'ADP'),
    IN: (tag) => (bringsInClause(tag) ? 'SCONJ' : 'ADP'),
    NN: ({ node }) => (node.word!.includes('%') ? 'SYM' : isWord(node, INDEFINITE) ? 'PRON' : 'NOUN'),
    NFP: ({ node }) => (/^([~*-])\1*$/.test(node.word!) ? 'PUNCT' : 'SYM'), // a row of one sign
    RB: (tag) => (negates(tag) ? 'PART' : 'ADV'),
    DT: (tag) => (isWord(tag.node, THIS) && isOnlyChildOf(tag, 'NP') ? 'PRON' : 'DET'), // "this is good", "this inn"
    WDT: (tag) => {
      if (!isWord(tag.node, WHICH)) return 'DET';
      if (isOnlyChildOf(tag, 'WHNP', 'NP')) return 'PRON'; // "an inn that has rooms", but "which inn"
      return isIn(tag, 'SBAR') ? 'SCONJ' : 'DET';
    },
  } satisfies Record<string, (tag: TreeNode) => string>),
);

/** "To sing". */
function isOfInfinitive(tag: TreeNode): boolean {
  const { siblings } = tag;
  if (isIn(tag, 'CONJP')) return siblings.some(isOf('VB'));
  return isIn(tag, 'VP') && (siblings.length === 1 || siblings.some(isOf('VP')));
}

/** "Because it rains", "after closing". */
function bringsInClause(tag: TreeNode): boolean {
  const after = nodesAfter(tag);
  if (isIn(tag, 'SBAR') && after.some(isOf('S', 'FRAG', 'SBAR', 'SINV'))) return true;
  return isIn(tag, 'PP') && after.slice(0, 1).some(isOf('S', 'SBAR'));
}

/** Returns whether a word is the "not" of a verb, or that of "not only". */
function negates(tag: TreeNode): boolean {
  const { node, siblings, index } = tag;
  if (!isWord(node, NOT)) return false;
  if (isIn(tag, 'VP', 'SINV', 'SQ', 'FRAG', 'ADVP')) return true;
  return isIn(tag, 'CONJP') && siblings.length === 2 && index === 0 && isWord(siblings[1]!, ONLY);
}
