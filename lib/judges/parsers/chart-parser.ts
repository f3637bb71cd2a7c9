import type { Device, HostTensors } from '../../engine/types.js';
import { type Outputs, type ParserConfig, parserSize, spanScores, textNetwork } from '../../model/judging/index.js';
import { type Brackets, concatenate } from './brackets.js';
import { bestTree, nodesOf } from './chart.js';
import type { Parser } from './parser.js';

type Words = readonly string[];

/** Longest sentence parsed at once, in words; longer ones are parsed in pieces, because the chart grows with the square of the length. */
const LONGEST = 160;

/** A chart parser that holds compiled programs. */
export interface ChartParser extends Parser {
  dispose(): Promise<void>;
}

/**
 * Builds a parser that scores all spans of a sentence and takes the best tree (Stern et al. 2017). Texts are split after full stops,
 * question and exclamation marks; each sentence gets a tree.
 */
export function chartParser(config: Omit<ParserConfig, 'measured'>, weights: HostTensors, device: Device): ChartParser {
  const { labels, tags, vocabulary } = config;
  const size = parserSize(config);
  const network = textNetwork((all, ids) => ({ ...spanScores(all, ids, size) }), weights, vocabulary, device);

  const read = (outputs: Outputs, words: Words, length: number): Brackets => {
    const chart = { scores: outputs['spans']!, fences: length - 1, labels: labels.length, words: words.length };
    return { tags: bestTags(outputs['tags']!, words.length, tags), nodes: nodesOf(bestTree(chart), labels) };
  };
  return {
    async parse(texts) {
      const sentences = texts.map(sentencesOf);
      const parses = await network.map(sentences.flat(), read);
      let next = 0;
      return sentences.map(({ length }) => concatenate(parses.slice(next, (next += length))));
    },
    dispose: () => network.dispose(),
  };
}

function sentencesOf(words: Words): Words[] {
  if (words.length === 0) return [];
  let start = 0;
  return sentenceEnds(words).flatMap((end) => {
    const pieces: Words[] = [];
    for (; start < end; start += LONGEST) pieces.push(words.slice(start, Math.min(end, start + LONGEST)));
    start = end;
    return pieces;
  });
}

/** @param scores [L, T]; word i is at position i + 1 */
function bestTags(scores: Float32Array, words: number, tags: readonly string[]): string[] {
  return Array.from({ length: words }, (_, word) => {
    const own = scores.subarray((word + 1) * tags.length, (word + 2) * tags.length);
    return tags[own.indexOf(Math.max(...own))]!;
  });
}
const ENDS: ReadonlySet<string> = new Set(['.', '!', '?']);

const CLOSES: ReadonlySet<string> = new Set([')', ']', '}', '"', "''", '’', '”', '-RRB-', '-RSB-', '-RCB-']);

/** Returns the end of each sentence, one past its last word: after a full stop, a question or exclamation mark, and closing quotes and brackets. */
export function sentenceEnds(words: readonly string[]): number[] {
  const ends: number[] = [];
  for (let i = 0; i < words.length; i++) {
    if (!ENDS.has(words[i]!)) continue;
    while (i + 1 < words.length && CLOSES.has(words[i + 1]!)) i++;
    ends.push(i + 1);
  }
  return ends.at(-1) === words.length ? ends : [...ends, words.length];
}
