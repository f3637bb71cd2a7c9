import type { TextEmbedder } from '../model/external/text-embedder.js';
import { split, permutation, type Key } from '../base/random.js';
import { joinWords } from '../text/join-words.js';
import { bertScore, unit } from '../metrics/bert-score.js';
import type { ClusterSums } from '../metrics/cluster-sums.js';
import { mauve } from '../metrics/mauve.js';
import type { Metrics } from './metrics.js';

type Words = readonly string[];

/** Texts that are embedded at most, and held-out ones. */
export const EMBEDDED_TEXTS = 1000;

export interface EmbeddedText {
  readonly words: Words;
  readonly target: string;
  readonly reference?: Words | undefined;
}

/**
 * BERTScore of a sample against its references, into the sums of their targets, and MAUVE of the sample against held-out texts where there
 * are any (at most 1,000, chosen by the key): the vector of a text is the mean of its tokens'.
 */
export async function measureEmbeddings(
  sample: readonly EmbeddedText[],
  heldOut: readonly Words[],
  embedder: TextEmbedder,
  sums: ClusterSums,
  key: Key,
): Promise<Metrics['mauve']> {
  const means: Float32Array[] = [];
  for (const { words, target, reference } of sample) {
    const [own, other] = await embedder.tokenVectors([words, ...(reference ? [reference] : [])].map(joinWords));
    means.push(meanOf(own!));
    if (other) sums.add(target, { 'bert n': 1, bert: bertScore(own!.map(unit), other.map(unit)).f1 });
  }
  if (heldOut.length === 0) return undefined;
  const chosen = [...permutation(split(key, 'held out'), heldOut.length).subarray(0, EMBEDDED_TEXTS)];
  const human: Float32Array[] = [];
  for (const i of chosen) human.push(meanOf((await embedder.tokenVectors([joinWords(heldOut[i]!)]))[0]!));
  const whole = (vectors: readonly Float32Array[]): Float32Array[] => vectors.filter(({ length }) => length > 0);
  const [ours, theirs] = [whole(means), whole(human)];
  return { ...mauve(ours, theirs, split(key, 'mauve')), texts: ours.length, heldOut: theirs.length, model: embedder.by };
}

/** Of length 1; empty where there are no tokens. */
function meanOf(tokens: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(tokens[0]?.length ?? 0);
  for (const token of tokens) token.forEach((value, d) => (sum[d] = sum[d]! + value));
  return unit(sum);
}
