import { evalbBrackets, f1, keyOf, matchBrackets } from './bracket-match.js';
import { concatenate, readBrackets, type Bracket, type Brackets } from './brackets.js';
import type { Judge, Score } from './judge.js';
import type { Parser } from './parser.js';
import { isWords, problem, readTargets, shown, type Reading } from './targets.js';

const EVALB = 'EVALB F1';

/**
 * Labelled bracket F1 of a text's parse against the target's tree: all nodes above the tags but ROOT, in a multiset of (label, first word,
 * last word); the tree control of Li et al. 2022, section 5, without their code's cutting to the target's length. Tags and words of the
 * target are not compared. Beside it the F1 that EVALB prints (Sekine and Collins 1997, COLLINS.prm), brackets of all texts added up;
 * EVALB skips a sentence whose words differ in number from the target's, which is counted here.
 * Of a tree that is only a part (`part: true`) the share of its nodes that the parse has, and nothing for EVALB to count.
 */
export const treeJudge = (parser: Parser): Judge => ({
  name: 'tree',
  ...(parser.name !== undefined && { by: parser.name }),
  async score(texts, targets) {
    const trees = readTargets('tree', texts, targets, readTree);
    const parses = await parser.parse(texts);
    return texts.map((words, i) => compare(words, trees[i]!, parses[i]!));
  },
});

interface Target {
  readonly tree: Brackets;
  readonly part: boolean;
}

function compare(words: readonly string[], { tree, part }: Target, parse: Brackets): Score {
  return part ? compareWithPart(words, tree, parse) : compareWithTree(words, tree, parse);
}

function compareWithPart(words: readonly string[], gold: Brackets, test: Brackets): Score {
  const missing = lacking(test.nodes, gold.nodes);
  const value = gold.nodes.length === 0 ? 1 : 1 - missing.length / gold.nodes.length;
  const score = { value, also: { [EVALB]: { part: 0, whole: 0 } } };
  return missing.length === 0 ? score : { ...score, detail: missing.map((node) => `no ${named(node, words)}`).join('; ') };
}

function compareWithTree(words: readonly string[], gold: Brackets, test: Brackets): Score {
  const { matched, gold: asked, test: found } = matchBrackets(evalbBrackets(gold), evalbBrackets(test));
  const value = f1(matchBrackets(gold.nodes, test.nodes));
  const also = { [EVALB]: { part: 2 * matched, whole: asked + found } };
  const detail = differences(words, gold.nodes, test.nodes);
  return detail === '' ? { value, also } : { value, also, detail };
}

function differences(words: readonly string[], gold: readonly Bracket[], test: readonly Bracket[]): string {
  return [
    ...lacking(test, gold).map((node) => `no ${named(node, words)}`),
    ...lacking(gold, test).map((node) => `extra ${named(node, words)}`),
  ].join('; ');
}

const named = ({ label, start, end }: Bracket, words: readonly string[]): string =>
  `${label} over "${words.slice(start, end).join(' ')}"`;

/** The nodes of `of` that `among` lacks, as multisets. */
function lacking(among: readonly Bracket[], of: readonly Bracket[]): Bracket[] {
  const left = among.map(keyOf);
  return of.filter((node) => {
    const at = left.indexOf(keyOf(node));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function readTree({ tree, part }: Readonly<Record<string, unknown>>): Reading<Target> {
  const sentences = typeof tree === 'string' ? [tree] : tree;
  if (!isWords(sentences) || sentences.length === 0)
    return problem('/tree', `expected a Penn bracketing or an array of them, one a sentence, got ${shown(tree)}`);
  const read = sentences.map(readBrackets);
  const problems = read.flatMap((result, i) =>
    typeof result === 'string' ? [{ path: typeof tree === 'string' ? '/tree' : `/tree/${i}`, message: result }] : [],
  );
  return problems.length > 0
    ? { problems }
    : { target: { tree: concatenate(read.filter((result) => typeof result !== 'string')), part: part === true } };
}
