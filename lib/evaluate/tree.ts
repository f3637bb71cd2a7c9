import { evalbBrackets, f1, keyOf, matchBrackets } from './bracket-match.js';
import { concatenate, readBrackets, type Bracket, type Brackets } from './brackets.js';
import type { Judge, Score } from './judge.js';
import type { Parser } from './parser.js';
import { isWords, problem, readTargets, shown, type Reading } from './targets.js';

/**
 * Labelled bracket F1 of a text's parse against the target's tree: all nodes above the tags but ROOT, in a multiset of (label, first word,
 * last word); the tree control of Li et al. 2022, section 5, without their code's cutting to the target's length. Tags and words of the
 * target are not compared. Beside it the F1 that EVALB prints (Sekine and Collins 1997, COLLINS.prm), brackets of all texts added up;
 * EVALB skips a sentence whose words differ in number from the target's, which is counted here.
 */
export const treeJudge = (parser: Parser): Judge => ({
  name: 'tree',
  async score(texts, targets) {
    const trees = readTargets('tree', texts, targets, readTree);
    const parses = await parser.parse(texts);
    return texts.map((words, i) => compare(words, trees[i]!, parses[i]!));
  },
});

function compare(words: readonly string[], gold: Brackets, test: Brackets): Score {
  const { matched, gold: asked, test: found } = matchBrackets(evalbBrackets(gold), evalbBrackets(test));
  const value = f1(matchBrackets(gold.nodes, test.nodes));
  const also = { 'EVALB F1': { part: 2 * matched, whole: asked + found } };
  const detail = differences(words, gold.nodes, test.nodes);
  return detail === '' ? { value, also } : { value, also, detail };
}

function differences(words: readonly string[], gold: readonly Bracket[], test: readonly Bracket[]): string {
  const name = ({ label, start, end }: Bracket): string => `${label} over "${words.slice(start, end).join(' ')}"`;
  return [
    ...lacking(test, gold).map((node) => `no ${name(node)}`),
    ...lacking(gold, test).map((node) => `extra ${name(node)}`),
  ].join('; ');
}

/** The nodes of `of` that `among` lacks, as multisets. */
function lacking(among: readonly Bracket[], of: readonly Bracket[]): Bracket[] {
  const left = among.map(keyOf);
  return of.filter((node) => {
    const at = left.indexOf(keyOf(node));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function readTree({ tree }: Readonly<Record<string, unknown>>): Reading<Brackets> {
  const sentences = typeof tree === 'string' ? [tree] : tree;
  if (!isWords(sentences) || sentences.length === 0)
    return problem('/tree', `expected a Penn bracketing or an array of them, one a sentence, got ${shown(tree)}`);
  const read = sentences.map(readBrackets);
  const problems = read.flatMap((result, i) =>
    typeof result === 'string' ? [{ path: typeof tree === 'string' ? '/tree' : `/tree/${i}`, message: result }] : [],
  );
  return problems.length > 0 ? { problems } : { target: concatenate(read.filter((result) => typeof result !== 'string')) };
}
