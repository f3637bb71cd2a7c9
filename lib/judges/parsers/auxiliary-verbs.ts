import type { PennTree } from '../../text/penn-tree.js';
import { isIn, isOf, isWord, nodesAfter, setOf, type TreeNode } from './tree-nodes.js';

/** Forms of "be", with what writers and tokenizers leave of them. */
const BE = setOf("be being been am are r is ai was were 'm ’m m 're ’re 's ’s s `s art ar wase");
const GET = setOf('get getting gets got gotten');
const HAVE_OR_DO = setOf("has have had having 've ’ve do does did");

const isParticiple = isOf('VBN', 'VBD');
const isVerbPhrase = isOf('VP');

/** Whether a verb only helps another one, or joins to the subject what is said of it: the relations aux, aux:pass and cop. */
export function isAuxiliary(place: TreeNode): boolean {
  if (isIn(place, 'VP')) return isInVerbPhrase(place);
  if (isIn(place, 'SQ', 'SINV')) return isInverted(place);
  return isIn(place, 'SBARQ') && isWord(place.node, BE) && place.siblings.some(isWho);
}

/** "Has closed", "is served", "is cold". */
function isInVerbPhrase(place: TreeNode): boolean {
  const { node, siblings } = place;
  const isBe = isWord(node, BE);
  const helps = isBe || isWord(node, GET);
  if (siblings.some(isVerbPhrase) && (helps || isWord(node, HAVE_OR_DO))) return true;
  if (helps && siblings.some(isPassive)) return true;
  return isBe && (nodesAfter(place).some(isPredicate) || isBehindFrontedVerb(place));
}

/** "Does it rain", "is the soup cold". */
function isInverted(place: TreeNode): boolean {
  const after = nodesAfter(place);
  if (after.some(isOf('VP', 'ADJP'))) return true;
  return isWord(place.node, BE) && (after.filter(isOf('NP')).length > 1 || after.some(isAdjectiveClause));
}

/** "Served daily", or several such phrases joined by a conjunction. */
function isPassive({ label, children }: PennTree): boolean {
  if (label !== 'VP' && label !== 'ADJP') return false;
  if (children.some(isParticiple)) return true;
  return children.some(isOf('CC')) && children.some((child) => isOf('VP', 'ADJP')(child) && child.children.some(isParticiple));
}

/** What a copula joins to its subject; a phrase with a participle only where a noun comes behind it: "a painted door". */
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

/** "Painted on the wall is a heron": the verb phrase of "be", or one that holds it, comes second. */
function isBehindFrontedVerb({ parent }: TreeNode): boolean {
  const follows = (phrase: TreeNode, isFronted: (node: PennTree) => boolean): boolean =>
    isIn(phrase, 'SINV') &&
    phrase.siblings.slice(0, phrase.index).some((node) => isVerbPhrase(node) && node.children.some(isFronted));
  if (parent === undefined) return false;
  if (follows(parent, isOf('VBG', 'VBN', 'VBD'))) return true;
  return parent.parent !== undefined && isVerbPhrase(parent.parent.node) && follows(parent.parent, isParticiple);
}
