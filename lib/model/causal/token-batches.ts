import type { HostTensor } from '../../engine/types.js';

/** Batches are padded to one of these row counts, so that few programs suffice. */
const ROWS = [1, 8, 32];
const MOST_ROWS = 32;

export interface TokenBatch {
  /** The rows, padded with PAD and with rows of PAD, [B, L]. */
  readonly ids: HostTensor;
  /** Indices of the given rows. */
  readonly rows: readonly number[];
}

/** Groups token rows of similar length into batches of few shapes. @param maxTokens length limit of the rows */
export function tokenBatches(rows: readonly (readonly number[])[], pad: number, maxTokens: number): TokenBatch[] {
  const order = rows.map((_, i) => i).sort((a, b) => rows[a]!.length - rows[b]!.length);
  return Array.from({ length: Math.ceil(order.length / MOST_ROWS) }, (_, batch) => {
    const part = order.slice(batch * MOST_ROWS, (batch + 1) * MOST_ROWS);
    const length = Math.min(maxTokens, roundedUp(rows[part.at(-1)!]!.length));
    const shape = [ROWS.find((count) => count >= part.length)!, length] as const;
    const data = new Int32Array(shape[0] * length).fill(pad);
    part.forEach((row, i) => data.set(rows[row]!, i * length));
    return { ids: { dtype: 'int32', shape, data }, rows: part };
  });
}

const roundedUp = (length: number): number => (length <= 8 ? 8 : 16 * Math.ceil(length / 16));
