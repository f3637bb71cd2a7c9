import { treesOfParse, wordsOf } from '../../text/parses.js';
import type { ParsedRow } from '../../text/types.js';
import { evalbBrackets, f1, type Match, matchBrackets } from './bracket-match.js';
import { bracketsOf } from './brackets.js';
import type { Parser } from './parser.js';

/** Agreement of a parser with given parses of the same words. */
export interface ParserAccuracy {
  /** Labelled bracket F1 of all nodes above the tags but ROOT, counts summed over the texts. */
  readonly f1: number;
  /** The same by the rules of EVALB. */
  readonly evalb: number;
  /** Mean F1 per text, as the tree judge counts. */
  readonly perText: number;
  /** Share of the words with the same tag. */
  readonly tags: number;
}

/** Measures a parser against parsed rows. */
export async function measureParser(parser: Parser, rows: readonly ParsedRow[]): Promise<ParserAccuracy> {
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
