import type { Judge, Score, Share } from '../judge.js';
import { bracketKey, evalbBrackets, f1, type Match, matchBrackets } from '../parsers/bracket-match.js';
import { type Bracket, type Brackets, concatenate, readBrackets } from '../parsers/brackets.js';
import type { Parser } from '../parsers/parser.js';
import { markWords } from './marks.js';
import { isWords, problem, type Reading, readJudgeOptions, shown } from './target-options.js';

const EVALB = 'EVALB F1';
const CUT = 'cut or filled';

/**
 * Builds the judge of `tree`: labelled bracket F1 of a text's parse against the target's tree, over all nodes above the tags but ROOT as a
 * multiset of (label, first word, last word); the tree control of Li et al. 2022, section 5. Tags and words of the target are not compared.
 * For a tree that is only a part (`part: true`) it is the share of its nodes that the parse has.
 *
 * Also given, for whole trees:
 * - the F1 that EVALB prints (Sekine and Collins 1997, COLLINS.prm), brackets of all texts summed. EVALB skips a sentence whose number of
 *   words differs from the target's; here it counts;
 * - the F1 of EVALB on what the code of Li et al. passes to it: the text is cut to the target's number of words, or filled with full stops,
 *   before it is parsed, so that errors in length are forgiven; every tag is NN, so that punctuation counts. Brackets of all texts are
 *   summed, while their code sums those of one target and takes the mean.
 */
export const treeJudge = (parser: Parser): Judge => ({
  name: 'tree',
  ...(parser.name !== undefined && { by: parser.name }),
  async score(texts, targets) {
    const trees = readJudgeOptions('tree', texts, targets, readTree);
    const parses = await parser.parse(texts);
    const fitted = await parser.parse(texts.map((words, i) => fittedTo(words, trees[i]!)));
    return texts.map((words, i) => compare(words, trees[i]!, parses[i]!, fitted[i]!));
  },
});

interface Target {
  readonly tree: Brackets;
  readonly part: boolean;
}

/** Cuts or fills a text to the length of the target, as the original code does; a part has no length. */
function fittedTo(words: readonly string[], { tree, part }: Target): readonly string[] {
  const length = tree.tags.length;
  if (part || words.length === length) return words;
  return words.length > length ? words.slice(0, length) : [...words, ...Array<string>(length - words.length).fill('.')];
}

function compare(words: readonly string[], { tree, part }: Target, parse: Brackets, fitted: Brackets): Score {
  return part ? compareWithPart(words, tree, parse) : compareWithTree(words, tree, parse, fitted);
}

function compareWithPart(words: readonly string[], gold: Brackets, test: Brackets): Score {
  const missing = lacking(test.nodes, gold.nodes);
  const value = gold.nodes.length === 0 ? 1 : 1 - missing.length / gold.nodes.length;
  const score = { value, also: { [EVALB]: NOTHING, [CUT]: NOTHING } };
  if (missing.length === 0) return score;
  return { ...score, ...differences(words, missing, []) };
}

function compareWithTree(words: readonly string[], gold: Brackets, test: Brackets, fitted: Brackets): Score {
  const value = f1(matchBrackets(gold.nodes, test.nodes));
  const also = {
    [EVALB]: shareOf(matchBrackets(evalbBrackets(gold), evalbBrackets(test))),
    [CUT]: shareOf(matchBrackets(evalbBrackets(untagged(gold)), evalbBrackets(untagged(fitted)))),
  };
  const [missing, extra] = [lacking(test.nodes, gold.nodes), lacking(gold.nodes, test.nodes)];
  return missing.length + extra.length === 0 ? { value, also } : { value, also, ...differences(words, missing, extra) };
}

const NOTHING: Share = { part: 0, whole: 0 };

const shareOf = ({ matched, gold, test }: Match): Share => ({ part: 2 * matched, whole: gold + test });

/** Gives every word the tag of the original code. */
const untagged = ({ tags, nodes }: Brackets): Brackets => ({ tags: tags.map(() => 'NN'), nodes });

function differences(
  words: readonly string[],
  missing: readonly Bracket[],
  extra: readonly Bracket[],
): Required<Pick<Score, 'detail' | 'marks'>> {
  const wrong = [...missing.map((node) => ({ node, what: 'no' })), ...extra.map((node) => ({ node, what: 'extra' }))];
  return {
    detail: wrong.map(({ node, what }) => `${what} ${named(node, words)}`).join('; '),
    marks: wrong.map(({ node: { label, start, end }, what }) => markWords(words, start, end, `${what} ${label}`)),
  };
}

const named = ({ label, start, end }: Bracket, words: readonly string[]): string =>
  `${label} over "${words.slice(start, end).join(' ')}"`;

/** Returns the nodes of `of` that `among` lacks, as multisets. */
function lacking(among: readonly Bracket[], of: readonly Bracket[]): Bracket[] {
  const left = among.map(bracketKey);
  return of.filter((node) => {
    const at = left.indexOf(bracketKey(node));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function readTree({ tree, part }: Readonly<Record<string, unknown>>): Reading<Target> {
  const sentences = typeof tree === 'string' ? [tree] : tree;
  if (!isWords(sentences) || sentences.length === 0)
    return problem('/tree', `expected a Penn bracketing or an array of them, one per sentence, got ${shown(tree)}`);
  const read = sentences.map(readBrackets);
  const problems = read.flatMap((result, i) =>
    typeof result === 'string' ? [{ path: typeof tree === 'string' ? '/tree' : `/tree/${i}`, message: result }] : [],
  );
  return problems.length > 0
    ? { problems }
    : { target: { tree: concatenate(read.filter((result) => typeof result !== 'string')), part: part === true } };
}
