import type { Device, HostTensors } from '../../engine/types.js';
import { parserSize, type ParserConfig } from '../../model/judging/parser-model.js';
import { spanScores } from '../../model/judging/span-scorer.js';
import { concatenate, type Brackets } from './brackets.js';
import { bestTree, nodesOf } from './chart.js';
import type { Parser } from './parser.js';
import { sentenceEnds } from './sentences.js';
import { textNetwork, type Outputs } from '../../model/judging/text-network.js';

type Words = readonly string[];

/** Longer sentences are parsed in pieces: the chart grows with the square of the length. */
const LONGEST = 160;

/** A chart parser with the programs that it runs. */
export interface ChartParser extends Parser {
  dispose(): Promise<void>;
}

/**
 * Parses by scores of all spans of a sentence, and the best tree under them (Stern et al. 2017). Texts are split behind full stops,
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

/** @param scores [L, T]; word i stands at place i + 1 */
function bestTags(scores: Float32Array, words: number, tags: readonly string[]): string[] {
  return Array.from({ length: words }, (_, word) => {
    const own = scores.subarray((word + 1) * tags.length, (word + 2) * tags.length);
    return tags[own.indexOf(Math.max(...own))]!;
  });
}
