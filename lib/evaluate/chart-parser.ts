import type { Device, HostTensor, HostTensors, Program } from '../engine/types.js';
import { parserSize, type ParserConfig } from '../model/parser-model.js';
import { spanScores } from '../model/span-scorer.js';
import { FEATURES, featureReader, paddedFeatures } from '../model/word-features.js';
import { concatenate, type Brackets } from './brackets.js';
import { bestTree, nodesOf } from './chart.js';
import type { Parser } from './parser.js';
import { sentenceEnds } from './sentences.js';

type Words = readonly string[];

/** Sentences a call of the network. */
const BATCH = 32;
/** Longer sentences are parsed in pieces: the chart grows with the square of the length. */
const LONGEST = 160;
/** Sentences are filled up to a multiple of so many places: each length gets a program of its own. */
const STEP = 8;

/** A chart parser with the programs that it runs. */
export interface ChartParser extends Parser {
  dispose(): Promise<void>;
}

/**
 * Parses by scores of all spans of a sentence, and the best tree under them (Stern et al. 2017). Texts are split behind full stops,
 * question and exclamation marks; each sentence gets a tree.
 */
export function chartParser(config: Omit<ParserConfig, 'measured'>, weights: HostTensors, device: Device): ChartParser {
  const { programOf, dispose } = scorers(config, weights, device);
  const read = featureReader(config.vocabulary);

  async function parseBatch(sentences: readonly Words[], length: number): Promise<Brackets[]> {
    const data = paddedFeatures(sentences.map(read), BATCH, length);
    const program = await programOf(length);
    const { spans, tags } = await program.run({ ids: { dtype: 'int32', shape: [BATCH, length, FEATURES], data } });
    return sentences.map((words, i) => {
      const chart = { scores: rowOf(spans!, i), fences: length - 1, labels: config.labels.length, words: words.length };
      return { tags: bestTags(rowOf(tags!, i), words.length, config.tags), nodes: nodesOf(bestTree(chart), config.labels) };
    });
  }

  return {
    async parse(texts) {
      const sentences = texts.map(sentencesOf);
      const parses = new Map<Words, Brackets>();
      for (const [length, part] of batchesOf(sentences.flat())) {
        const parsed = await parseBatch(part, length);
        part.forEach((words, i) => parses.set(words, parsed[i]!));
      }
      return sentences.map((own) => concatenate(own.map((words) => parses.get(words)!)));
    },
    dispose,
  };
}

/** The network for sentences of each length, compiled when it is first needed. */
function scorers(config: Omit<ParserConfig, 'measured'>, weights: HostTensors, device: Device) {
  const size = parserSize(config);
  const programs = new Map<number, Promise<Program>>();
  return {
    programOf(length: number): Promise<Program> {
      const ids = { name: 'ids', shape: [BATCH, length, FEATURES], dtype: 'int32' } as const;
      const program =
        programs.get(length) ?? device.compile((inputs) => ({ ...spanScores(inputs, inputs['ids']!, size) }), [ids], weights);
      programs.set(length, program);
      return program;
    },
    async dispose(): Promise<void> {
      for (const program of programs.values()) await (await program).dispose();
      programs.clear();
    },
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

/** Sentences of about one length together, with the length of their canvas, START and END included. */
function batchesOf(sentences: readonly Words[]): [number, Words[]][] {
  const groups = new Map<number, Words[]>();
  for (const words of sentences) {
    const length = Math.ceil((words.length + 2) / STEP) * STEP;
    const group = groups.get(length);
    if (group) group.push(words);
    else groups.set(length, [words]);
  }
  return [...groups].flatMap(([length, group]) =>
    Array.from({ length: Math.ceil(group.length / BATCH) }, (_, b): [number, Words[]] => [
      length,
      group.slice(b * BATCH, (b + 1) * BATCH),
    ]),
  );
}

/** @param tensor [B, ...] */
function rowOf({ data, shape }: HostTensor, row: number): Float32Array {
  const size = data.length / shape[0]!;
  return (data as Float32Array).subarray(row * size, (row + 1) * size);
}

/** @param scores [L, T]; word i stands at place i + 1 */
function bestTags(scores: Float32Array, words: number, tags: readonly string[]): string[] {
  return Array.from({ length: words }, (_, word) => {
    const own = scores.subarray((word + 1) * tags.length, (word + 2) * tags.length);
    return tags[own.indexOf(Math.max(...own))]!;
  });
}
