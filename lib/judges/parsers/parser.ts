import { JudgeUnavailable } from '../judge.js';
import type { Brackets } from './brackets.js';

/** The name of the parser whose figures are to be believed. */
export const CORENLP = 'Stanford CoreNLP';

/** Finds the constituents of texts whose words are given. */
export interface Parser {
  /** Which parser, and where it is not the reference how good: shown beside every figure that it gives. */
  readonly name?: string;
  /** It takes seconds to start, so it is not asked for what can be done without. */
  readonly slow?: boolean;
  /** @returns of each text the brackets of its sentences in one. @throws JudgeUnavailable where it cannot parse */
  parse(texts: readonly (readonly string[])[]): Promise<Brackets[]>;
}

/** A parser that holds something running once it was asked. */
export interface StoppableParser extends Parser {
  stop(): Promise<void>;
}

/** In place of a parser that is not there. @param why what is missing, and what to do */
export const noParser = (why: string): Parser => ({
  parse: () => Promise.reject(new JudgeUnavailable(why)),
});

/** Texts whose parses are kept; then they are forgotten, so that a long run does not fill the memory. */
const REMEMBERED = 20_000;

/** Parses each different text once, however often and in however many calls it is asked for. */
export function rememberingParser(parser: Parser): Parser {
  const known = new Map<string, Brackets>();
  return {
    ...(parser.name !== undefined && { name: parser.name }),
    ...(parser.slow !== undefined && { slow: parser.slow }),
    async parse(texts) {
      const keys = texts.map((words) => words.join(' '));
      const fresh = new Map(keys.flatMap((key, i) => (known.has(key) ? [] : [[key, texts[i]!] as const])));
      const parsed = fresh.size === 0 ? [] : await parser.parse([...fresh.values()]);
      [...fresh.keys()].forEach((key, i) => known.set(key, parsed[i]!));
      const parses = keys.map((key) => known.get(key)!);
      if (known.size > REMEMBERED) known.clear();
      return parses;
    },
  };
}
