import type { HostTensor } from '../engine/types.js';
import { permutation, split, type Key } from '../base/random.js';
import { toTokenIds } from '../text/token-ids.js';
import type { Vocabulary } from '../text/types.js';

/** Returns the row indices of a step's batch. Each epoch has its own order. */
export function rowOrder(rowCount: number, batchSize: number, key: Key): (step: number) => Int32Array {
  const epochs = new Map<number, Int32Array>();
  const orderOf = (epoch: number): Int32Array => {
    if (!epochs.has(epoch)) {
      const oldest = [...epochs.keys()][0];
      if (epochs.size > 1) epochs.delete(oldest!);
      epochs.set(epoch, permutation(split(key, 'epoch', epoch), rowCount));
    }
    return epochs.get(epoch)!;
  };
  return (step) =>
    Int32Array.from({ length: batchSize }, (_, i) => {
      const position = step * batchSize + i;
      return orderOf(Math.floor(position / rowCount))[position % rowCount]!;
    });
}

export interface TokenRows {
  /** Token rows of at most maxTokens - 2 tokens. */
  readonly rows: readonly (readonly string[])[];
  readonly vocabulary: Vocabulary;
  readonly maxTokens: number;
  readonly batchSize: number;
  /** Changes the words of a row, differently for each key. */
  readonly augment?: ((words: readonly string[], key: Key) => readonly string[]) | undefined;
}

/**
 * Returns the token ids [B, L] of a step's batch. They depend on the step alone, so a resumed run sees what an uninterrupted one
 * would.
 */
export function tokenIdBatches(
  { rows, vocabulary, maxTokens, batchSize, augment }: TokenRows,
  key: Key,
): (step: number) => HostTensor {
  const order = rowOrder(rows.length, batchSize, split(key, 'rows'));
  return (step) => {
    const ids = new Int32Array(batchSize * maxTokens);
    order(step).forEach((row, i) => {
      const words = rows[row]!;
      const changed = augment ? augment(words, split(key, 'augment', step, i)) : words;
      const sequence = toTokenIds(changed, vocabulary, maxTokens) ?? toTokenIds(words, vocabulary, maxTokens)!; // a longer name may not fit
      ids.set(sequence, i * maxTokens);
    });
    return { dtype: 'int32', shape: [batchSize, maxTokens], data: ids };
  };
}
