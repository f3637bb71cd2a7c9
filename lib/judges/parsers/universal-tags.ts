import { isAuxiliary } from './auxiliary-verbs.js';
import type { Brackets } from './brackets.js';
import { isAllOf, isIn, isOf, isWord, nodesAfter, nodesOfWords, setOf, type TreeNode } from './tree-nodes.js';

/**
 * Universal tags of a parsed text, one a word: by the Penn tag where that is enough, else by the word and the nodes around it. The rules
 * are those by which Stanford CoreNLP 4.5.10 converts English trees (its class `edu.stanford.nlp.trees.UniversalPOSMapper`, which has the
 * patterns of auxiliaries and copulas from `UniversalEnglishGrammaticalRelations`), written anew. Where the parser errs, so do the tags.
 * X is the tag of what has no rule.
 *
 * @param words those that were parsed, as many as the brackets have tags
 */
export const universalTags = (words: readonly string[], brackets: Brackets): string[] =>
  nodesOfWords(words, brackets).map(universalTag);

function universalTag(place: TreeNode): string {
  const { label } = place.node;
  if (label.startsWith('VB')) return isAuxiliary(place) ? 'AUX' : 'VERB';
  return BY_PLACE.get(label)?.(place) ?? BY_TAG.get(label) ?? 'X';
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

const BY_PLACE: ReadonlyMap<string, (place: TreeNode) => string> = new Map(
  Object.entries({
    TO: (place) => (isOfInfinitive(place) ? 'PART' : 'ADP'),
    IN: (place) => (bringsInClause(place) ? 'SCONJ' : 'ADP'),
    NN: ({ node }) => (node.word!.includes('%') ? 'SYM' : isWord(node, INDEFINITE) ? 'PRON' : 'NOUN'),
    NFP: ({ node }) => (/^([~*-])\1*$/.test(node.word!) ? 'PUNCT' : 'SYM'), // a row of one sign
    RB: (place) => (negates(place) ? 'PART' : 'ADV'),
    DT: (place) => (isWord(place.node, THIS) && isAllOf(place, 'NP') ? 'PRON' : 'DET'), // "this is good", "this inn"
    WDT: (place) => {
      if (!isWord(place.node, WHICH)) return 'DET';
      if (isAllOf(place, 'WHNP', 'NP')) return 'PRON'; // "an inn that has rooms", but "which inn"
      return isIn(place, 'SBAR') ? 'SCONJ' : 'DET';
    },
  } satisfies Record<string, (place: TreeNode) => string>),
);

/** "To sing". */
function isOfInfinitive(place: TreeNode): boolean {
  const { siblings } = place;
  if (isIn(place, 'CONJP')) return siblings.some(isOf('VB'));
  return isIn(place, 'VP') && (siblings.length === 1 || siblings.some(isOf('VP')));
}

/** "Because it rains", "after closing". */
function bringsInClause(place: TreeNode): boolean {
  const after = nodesAfter(place);
  if (isIn(place, 'SBAR') && after.some(isOf('S', 'FRAG', 'SBAR', 'SINV'))) return true;
  return isIn(place, 'PP') && after.slice(0, 1).some(isOf('S', 'SBAR'));
}

/** The "not" of a verb, and that of "not only". */
function negates(place: TreeNode): boolean {
  const { node, siblings, index } = place;
  if (!isWord(node, NOT)) return false;
  if (isIn(place, 'VP', 'SINV', 'SQ', 'FRAG', 'ADVP')) return true;
  return isIn(place, 'CONJP') && siblings.length === 2 && index === 0 && isWord(siblings[1]!, ONLY);
}
