import type { TextEmbedder } from '../model/external/text-embedder.js';
import { split, permutation, type Key } from '../base/random.js';
import { joinWords } from '../text/join-words.js';
import { bertScore, unit } from '../metrics/bert-score.js';
import type { ClusterSums } from '../metrics/cluster-sums.js';
import { mauve } from '../metrics/mauve.js';
import type { Metrics } from './metrics.js';

type Words = readonly string[];

/** Most texts that are embedded, and most held-out texts. */
export const EMBEDDED_TEXTS = 1000;

export interface EmbeddedText {
  readonly words: Words;
  /** As in MeasuredText. */
  readonly cluster: string;
  readonly reference?: Words | undefined;
}

/**
 * Adds the BERTScore of each text of a sample against its reference to the sums, and returns MAUVE of the sample against held-out texts, if
 * there are any (at most 1,000, chosen by the key). The vector of a text is the mean of the vectors of its tokens.
 */
export async function measureEmbeddings(
  sample: readonly EmbeddedText[],
  heldOut: readonly Words[],
  embedder: TextEmbedder,
  sums: ClusterSums,
  key: Key,
): Promise<Metrics['mauve']> {
  const means: Float32Array[] = [];
  for (const { words, cluster, reference } of sample) {
    const [own, other] = await embedder.tokenVectors([words, ...(reference ? [reference] : [])].map(joinWords));
    means.push(meanOf(own!));
    if (other) sums.add(cluster, { 'bert n': 1, bert: bertScore(own!.map(unit), other.map(unit)).f1 });
  }
  if (heldOut.length === 0) return undefined;
  const chosen = [...permutation(split(key, 'held out'), heldOut.length).subarray(0, EMBEDDED_TEXTS)];
  const human: Float32Array[] = [];
  for (const i of chosen) human.push(meanOf((await embedder.tokenVectors([joinWords(heldOut[i]!)]))[0]!));
  const whole = (vectors: readonly Float32Array[]): Float32Array[] => vectors.filter(({ length }) => length > 0);
  const [ours, theirs] = [whole(means), whole(human)];
  return { ...mauve(ours, theirs, split(key, 'mauve')), texts: ours.length, heldOut: theirs.length, model: embedder.by };
}

/** Returns the mean direction, a vector of length 1 [D]; empty if there are no tokens. */
function meanOf(tokens: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(tokens[0]?.length ?? 0);
  for (const token of tokens) token.forEach((value, d) => (sum[d] = sum[d]! + value));
  return unit(sum);
}
