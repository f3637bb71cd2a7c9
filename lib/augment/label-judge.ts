import { locate } from '../base/locate.js';
import type { AugmentConfig } from '../config/index.js';
import { type BagOfWordsJudge, fitBagOfWordsJudge } from '../judges/controls/bag-of-words-judge.js';
import { loadTextEmbedder, type TextEmbedder } from '../model/external/text-embedder.js';
import { type GivenRow, rowsByLabel } from './given-rows.js';

/** A text as a classifier of the filter reads it. */
export type TextToLabel = Pick<GivenRow, 'text' | 'words'>;

/** The classifier of the filter, which learned the given rows and guides nothing. */
export interface LabelJudge extends Pick<BagOfWordsJudge, 'labels' | 'heldOut'> {
  /** Returns the probabilities of the labels given a text; they sum to 1. */
  probabilities(text: TextToLabel): Promise<readonly number[]>;
  dispose(): Promise<void>;
}

/** Divides cosines before the softmax. It decides the probabilities in provenance.jsonl, but no rank. */
const TEMPERATURE = 0.05;

/**
 * Fits the classifier of the filter to all rows, once it was measured on one row in five of each label, at least one.
 *
 * @throws InputError if the folder of the sentence encoder lacks files
 */
export async function openLabelJudge(
  rows: readonly GivenRow[],
  { embedder }: Pick<AugmentConfig['filter'], 'embedder'>,
): Promise<LabelJudge> {
  const isHeld = heldOutOf(rows);
  if (embedder !== undefined) return nearestMeans(rows, isHeld, await loadTextEmbedder(locate(embedder)));
  const { labels, heldOut, probabilities } = fitBagOfWordsJudge(rows, { isHeld, refit: true });
  return {
    ...{ labels, heldOut, dispose: () => Promise.resolve() },
    probabilities: ({ words }) => Promise.resolve(probabilities(words)),
  };
}

/** Returns whether a row, by its index, is held out: one in five of its label. */
function heldOutOf(rows: readonly GivenRow[]): (index: number) => boolean {
  const seen = new Map<string, number>();
  const held = rows.map(({ label }) => {
    const count = seen.get(label) ?? 0;
    seen.set(label, count + 1);
    return count % 5 === 1; // the second row too: every label has two
  });
  return (i) => held[i]!;
}

/** Finds the label whose rows have the mean sentence vector that is nearest to that of a text. */
async function nearestMeans(
  rows: readonly GivenRow[],
  isHeld: (index: number) => boolean,
  embedder: TextEmbedder,
): Promise<LabelJudge> {
  const labels = [...rowsByLabel(rows).keys()].sort();
  const vectors: Float64Array[] = [];
  for (const { text } of rows) vectors.push(await sentenceVector(text, embedder));
  const meansOf = (isUsed: (index: number) => boolean): Float64Array[] =>
    labels.map((label) => unitSum(vectors.filter((_, i) => rows[i]!.label === label && isUsed(i))));
  const all = meansOf(() => true);
  const measured = meansOf((i) => !isHeld(i));
  const cosines = (vector: Float64Array, means: readonly Float64Array[]) => means.map((mean) => dot(mean, vector));
  const held = rows.flatMap(({ label }, i) => (isHeld(i) ? [{ label, found: cosines(vectors[i]!, measured) }] : []));
  const right = held.filter(({ label, found }) => labels[found.indexOf(Math.max(...found))] === label).length;
  return {
    labels,
    heldOut: { texts: held.length, accuracy: right / held.length },
    probabilities: async ({ text }) => softmax(cosines(await sentenceVector(text, embedder), all)),
    dispose: () => embedder.dispose(),
  };
}

/** Returns the mean of the vectors of a text's tokens, at length 1. */
async function sentenceVector(text: string, embedder: TextEmbedder): Promise<Float64Array> {
  const [tokens = []] = await embedder.tokenVectors([text]);
  return unitSum(tokens);
}

function unitSum(vectors: readonly ArrayLike<number>[]): Float64Array {
  const sum = new Float64Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) for (let d = 0; d < sum.length; d++) sum[d]! += vector[d]!;
  const norm = Math.sqrt(dot(sum, sum)) || 1;
  return sum.map((value) => value / norm);
}

/** Returns the inner product; an empty vector, of a text without tokens, gives 0. */
const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, d) => sum + value * (b[d] ?? 0), 0);

function softmax(cosines: readonly number[]): number[] {
  const most = Math.max(...cosines);
  const weights = cosines.map((cosine) => Math.exp((cosine - most) / TEMPERATURE));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}
