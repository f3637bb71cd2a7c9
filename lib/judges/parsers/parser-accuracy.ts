import { treesOfParse, wordsOf } from '../../text/parses.js';
import type { ParsedRow } from '../../text/types.js';
import { evalbBrackets, f1, type Match, matchBrackets } from './bracket-match.js';
import { bracketsOf } from './brackets.js';
import type { Parser } from './parser.js';

/** How well a parser agrees with parses of the same words. */
export interface ParserScores {
  /** Labelled bracket F1: all nodes above the tags but ROOT, added up over the texts. */
  readonly f1: number;
  /** The same as EVALB counts. */
  readonly evalb: number;
  /** The mean over the texts of each text's F1, as the tree judge counts. */
  readonly perText: number;
  /** Share of the words whose tag is the same. */
  readonly tags: number;
}

export async function measureParser(parser: Parser, rows: readonly ParsedRow[]): Promise<ParserScores> {
  const parses = await parser.parse(rows.map(wordsOf));
  const gold = rows.map(({ sentences }) => bracketsOf(sentences.flatMap(({ tree }) => treesOfParse(tree))));
  const matches = gold.map(({ nodes }, i) => matchBrackets(nodes, parses[i]!.nodes));
  const evalb = gold.map((tree, i) => matchBrackets(evalbBrackets(tree), evalbBrackets(parses[i]!)));
  const words = gold.flatMap(({ tags }, i) => tags.map((tag, at) => tag === parses[i]!.tags[at]));
  return {
    f1: f1(total(matches)),
    evalb: f1(total(evalb)),
    perText: matches.reduce((sum, match) => sum + f1(match), 0) / matches.length,
    tags: words.filter((same) => same).length / words.length,
  };
}

const total = (matches: readonly Match[]): Match =>
  matches.reduce(
    (sum, { matched, gold, test }) => ({ matched: sum.matched + matched, gold: sum.gold + gold, test: sum.test + test }),
    {
      matched: 0,
      gold: 0,
      test: 0,
    },
  );
