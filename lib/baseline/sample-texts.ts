import { Interrupted } from '../base/errors.js';
import { type Key, split, uniform } from '../base/random.js';
import type { SearchHooks } from '../decode/index.js';
import type { Decoder } from '../model/causal/language-model.js';
import type { Vocabulary } from '../text/types.js';
import { type DrawOptions, drawToken } from './draw.js';

/** A text to write. */
export interface TextRequest {
  /** Index of its target. */
  readonly target: number;
  readonly key: Key;
  /** Token ids that the text begins with; the others are drawn. */
  readonly begin?: readonly number[];
}

/** A text in progress. */
export interface Writing {
  readonly request: TextRequest;
  /** Token ids, without START and END. */
  readonly prefix: readonly number[];
}

/** Changes the log-probabilities of the next tokens of texts, [V] each, for example by the probability of a control. */
export type Reweigh = (texts: readonly Writing[], logProbs: readonly Float32Array[]) => Promise<readonly Float32Array[]>;

export interface SampleSetup {
  /** Decoder of a model over `vocabulary`. */
  readonly decoder: Decoder;
  readonly vocabulary: Vocabulary;
  /** Length of the sequences (L), at most the model's. */
  readonly maxTokens: number;
  readonly options: DrawOptions;
  readonly reweigh?: Reweigh | undefined;
}

interface Row {
  readonly index: number;
  readonly request: TextRequest;
  /** Random numbers in [0, 1) that draw its tokens, [L]. */
  readonly draws: Float64Array;
  readonly prefix: number[];
}

/**
 * Samples texts from left to right. When a text is done, its row starts the next one. A text that reaches `maxTokens` stops there, without END.
 *
 * @returns the token ids of each text, [L]
 * @throws Interrupted if `signal` aborts
 */
export async function sampleTexts(
  { decoder, vocabulary, maxTokens, options, reweigh }: SampleSetup,
  requests: readonly TextRequest[],
  { onShare, signal }: SearchHooks = {},
): Promise<Int32Array[]> {
  const { pad, start, end } = vocabulary;
  const sequences = requests.map(() => new Int32Array(maxTokens).fill(pad));
  const begun = (index: number): Row | undefined => {
    const request = requests[index];
    return request && { index, request, draws: uniform(split(request.key, 'tokens'), maxTokens), prefix: [] };
  };
  const rows = Array.from({ length: decoder.rows }, (_, i) => begun(i));
  let asked = rows.length;
  let done = 0;
  while (done < requests.length) {
    if (signal?.aborted) throw new Interrupted(`stopped after ${done} of ${requests.length} texts of a shard`);
    const logProbs = await decoder.next(rows.map((row) => (row ? (row.prefix.at(-1) ?? start) : start)));
    const open = [...rows.entries()].flatMap(([i, row]) => (row ? [{ i, row }] : []));
    const writing = open.map(({ row }) => row);
    const weighed = await (reweigh?.(writing, open.map(({ i }) => logProbs[i]!)) ?? open.map(({ i }) => logProbs[i]!)); // prettier-ignore
    open.forEach(({ i, row }, k) => {
      const at = row.prefix.length;
      row.prefix.push(row.request.begin?.[at] ?? drawToken(weighed[k]!, options, row.draws[at]!));
      if (row.prefix.at(-1) !== end && row.prefix.length < maxTokens - 1) return;
      sequences[row.index]!.set([start, ...row.prefix]);
      rows[i] = begun(asked++);
      done++;
    });
    onShare?.(done / requests.length);
  }
  return sequences;
}
