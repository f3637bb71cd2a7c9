import { JudgeUnavailable } from '../judge.js';
import type { Brackets } from './brackets.js';

/** The name of the reference parser. */
export const CORENLP = 'Stanford CoreNLP';

/** Finds the constituents of texts that are split into words. */
export interface Parser {
  /** Name of the parser and, unless it is the reference, its accuracy: shown next to every figure that it gives. */
  readonly name?: string;
  /** Whether it takes seconds to start, so that callers do without it if they can. */
  readonly slow?: boolean;
  /**
   * @returns the brackets of each text, all sentences together
   * @throws JudgeUnavailable if it cannot parse
   */
  parse(texts: readonly (readonly string[])[]): Promise<Brackets[]>;
}

/** A parser that holds resources after its first text. */
export interface StoppableParser extends Parser {
  stop(): Promise<void>;
}

/**
 * Returns a stand-in for a missing parser, which throws JudgeUnavailable.
 *
 * @param why what is missing, and what to do
 */
export const noParser = (why: string): Parser => ({
  parse: () => Promise.reject(new JudgeUnavailable(why)),
});

/** Most parses kept; at more all are dropped, so that a long run does not fill the memory. */
const REMEMBERED = 20_000;

/** Wraps a parser so that it parses each distinct text once, over all calls. */
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

/** Removes the spaces of a word, at which a parser would split it; a word of spaces alone becomes `_`. */
export const spaceless = (word: string): string => word.replace(/[\s\p{Z}\p{C}]+/gu, '') || '_';
