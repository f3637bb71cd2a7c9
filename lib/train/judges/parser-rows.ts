import { type Key, split, uniform } from '../../base/random.js';
import type { TrainJudgeConfig } from '../../config/index.js';
import type { HostTensor, HostTensors } from '../../engine/types.js';
import type { ParserConfig } from '../../model/judging/index.js';
import { featureReader, FEATURES, paddedFeatures } from '../../model/judging/index.js';
import { treesOfParse } from '../../text/parses.js';
import { type Constituent, constituentsOf } from '../../text/penn-tree.js';
import type { ParsedRow } from '../../text/types.js';
import { commonTokens } from '../../text/vocabulary.js';
import { hideWords } from '../hide-words.js';

/** A sentence with its tags and constituents, as training reads it. */
export interface Sentence {
  readonly words: readonly string[];
  readonly tags: readonly string[];
  /** Spans from the first to the last word, both inclusive. */
  readonly constituents: readonly Constituent[];
}

/** Returns the sentences of a row. */
export const sentencesOf = ({ sentences }: ParsedRow): Sentence[] =>
  sentences.map(({ words, tags, tree }) => ({ words, tags, constituents: constituentsOf(treesOfParse(tree)) }));

/** Returns the labels and tags of the sentences, most frequent first. */
export function labelsOf(sentences: readonly Sentence[]): Pick<ParserConfig, 'labels' | 'tags'> {
  return {
    labels: commonTokens(
      sentences.map(({ constituents }) => constituents.map(({ label }) => label)),
      1,
    ),
    tags: commonTokens(
      sentences.map(({ tags }) => tags),
      1,
    ),
  };
}

/** Sequence lengths are rounded up to a multiple of this, so that few shapes occur. */
const STEP = 8;

/**
 * Returns batches of sentences of similar length: the first sentence is drawn from all, the others from those as long as it. Some
 * of their words are hidden, half of these with their suffix.
 */
export function parserBatches(
  sentences: readonly Sentence[],
  { labels, tags, vocabulary }: Pick<ParserConfig, 'labels' | 'tags' | 'vocabulary'>,
  { optimizer: { batchSize }, wordDropout }: TrainJudgeConfig,
  key: Key,
): (step: number) => HostTensors {
  const read = featureReader(vocabulary);
  const labelIds = new Map(labels.map((label, i) => [label, i]));
  const tagIds = new Map(tags.map((tag, i) => [tag, i]));
  const lengthOf = ({ words }: Sentence): number => Math.ceil((words.length + 2) / STEP) * STEP;
  const groups = new Map<number, Sentence[]>();
  for (const sentence of sentences) {
    const group = groups.get(lengthOf(sentence));
    if (group) group.push(sentence);
    else groups.set(lengthOf(sentence), [sentence]);
  }

  return (step) => {
    const draws = uniform(split(key, 'rows', step), batchSize + 1);
    const length = lengthOf(sentences[Math.floor(draws[batchSize]! * sentences.length)]!);
    const group = groups.get(length)!;
    const rows = Array.from(draws.subarray(0, batchSize), (draw) => group[Math.floor(draw * group.length)]!);
    const features = rows.map(({ words }, i) => hideWords(read(words), wordDropout, split(key, 'hide', step, i)));
    const fences = length - 1;
    return {
      ids: integers([batchSize, length, FEATURES], paddedFeatures(features, batchSize, length)),
      labels: integers(
        [batchSize, fences, fences],
        stack(rows, fences * fences, (row) => spanClasses(row, fences, labelIds)),
      ),
      tags: integers(
        [batchSize, length],
        stack(rows, length, (row) => tagClasses(row, length, tagIds)),
      ),
    };
  };
}

const integers = (shape: readonly number[], data: Int32Array): HostTensor => ({ dtype: 'int32', shape, data });

function stack(rows: readonly Sentence[], size: number, of: (row: Sentence) => Int32Array): Int32Array {
  const all = new Int32Array(rows.length * size);
  rows.forEach((row, i) => all.set(of(row), i * size));
  return all;
}

/** Returns 1 + the label of each span, 0 for a span without a label, -1 for cells that are no span; [fences, fences] row-major. */
function spanClasses({ words, constituents }: Sentence, fences: number, ids: ReadonlyMap<string, number>): Int32Array {
  const classes = new Int32Array(fences * fences).fill(-1);
  for (let start = 0; start < words.length; start++)
    classes.fill(0, start * fences + start + 1, start * fences + words.length + 1);
  for (const { start, end, label } of constituents) classes[start * fences + end + 1] = 1 + ids.get(label)!;
  return classes;
}

function tagClasses({ tags }: Sentence, length: number, ids: ReadonlyMap<string, number>): Int32Array {
  const classes = new Int32Array(length).fill(-1);
  tags.forEach((tag, i) => (classes[i + 1] = ids.get(tag)!));
  return classes;
}
