import type { HostTensor } from '../../engine/types.js';

/** Row counts that batches are filled up to, so that few programs serve all. */
const ROWS = [1, 8, 32];
const MOST_ROWS = 32;

export interface TokenBatch {
  /** The rows, filled up with PAD and with rows of PAD, [B, L]. */
  readonly ids: HostTensor;
  /** Which of the given rows these are. */
  readonly rows: readonly number[];
}

/** Token rows in batches of few shapes, rows of like length together. @param maxTokens no row is longer */
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
