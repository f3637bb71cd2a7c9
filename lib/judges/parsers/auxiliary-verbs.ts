import type { PennTree } from '../../text/penn-tree.js';
import { isIn, isOf, isWord, nodesAfter, setOf, type TreeNode } from './tree-nodes.js';

/** Forms of "be", with the fragments that writers and tokenizers leave of them. */
const BE = setOf("be being been am are r is ai was were 'm ’m m 're ’re 's ’s s `s art ar wase");
const GET = setOf('get getting gets got gotten');
const HAVE_OR_DO = setOf("has have had having 've ’ve do does did");

const isParticiple = isOf('VBN', 'VBD');
const isVerbPhrase = isOf('VP');

/** Returns whether a verb is an auxiliary or a copula: the relations aux, aux:pass and cop. */
export function isAuxiliary(verb: TreeNode): boolean {
  if (isIn(verb, 'VP')) return isInVerbPhrase(verb);
  if (isIn(verb, 'SQ', 'SINV')) return isInverted(verb);
  return isIn(verb, 'SBARQ') && isWord(verb.node, BE) && verb.siblings.some(isWho);
}

/** "Has closed", "is served", "is cold". */
function isInVerbPhrase(verb: TreeNode): boolean {
  const { node, siblings } = verb;
  const isBe = isWord(node, BE);
  const helps = isBe || isWord(node, GET);
  if (siblings.some(isVerbPhrase) && (helps || isWord(node, HAVE_OR_DO))) return true;
  if (helps && siblings.some(isPassive)) return true;
  return isBe && (nodesAfter(verb).some(isPredicate) || followsFrontedVerb(verb));
}

/** "Does it rain", "is the soup cold". */
function isInverted(verb: TreeNode): boolean {
  const after = nodesAfter(verb);
  if (after.some(isOf('VP', 'ADJP'))) return true;
  return isWord(verb.node, BE) && (after.filter(isOf('NP')).length > 1 || after.some(isAdjectiveClause));
}

/** "Served daily", or several such phrases joined by a conjunction. */
function isPassive({ label, children }: PennTree): boolean {
  if (label !== 'VP' && label !== 'ADJP') return false;
  if (children.some(isParticiple)) return true;
  return children.some(isOf('CC')) && children.some((child) => isOf('VP', 'ADJP')(child) && child.children.some(isParticiple));
}

/** Returns whether a copula may join a node to its subject; a participle in it must come before a noun: "a painted door". */
function isPredicate(node: PennTree): boolean {
  if (isAdjectiveClause(node)) return true;
  const { children } = node;
  const hasVerb = children.some(
    (child, i) => isParticiple(child) && !children.slice(i + 1).some(({ label }) => label[0] === 'N'),
  );
  return isOf('ADJP', 'NP', 'WHNP', 'PP', 'UCP')(node) && !hasVerb;
}

const isAdjectiveClause = ({ label, children }: PennTree): boolean =>
  label === 'S' && children.length === 1 && isOf('ADJP')(children[0]!) && children[0]!.children.some(isOf('JJ'));

const isWho = (node: PennTree): boolean => node.label === 'WHNP' && node.children.some(isOf('WP'));

/** "Painted on the wall is a heron": the verb phrase of "be", or one around it, comes second. */
function followsFrontedVerb({ parent }: TreeNode): boolean {
  const follows = (phrase: TreeNode, isFronted: (node: PennTree) => boolean): boolean =>
    isIn(phrase, 'SINV') &&
    phrase.siblings.slice(0, phrase.index).some((node) => isVerbPhrase(node) && node.children.some(isFronted));
  if (parent === undefined) return false;
  if (follows(parent, isOf('VBG', 'VBN', 'VBD'))) return true;
  return parent.parent !== undefined && isVerbPhrase(parent.parent.node) && follows(parent.parent, isParticiple);
}
