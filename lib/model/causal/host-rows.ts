import type { HostTensor } from '../../engine/types.js';

/** Returns a tensor with one integer per row, [B]. */
export const integers = (rows: number, valueOf: (row: number) => number): HostTensor => ({
  dtype: 'int32',
  shape: [rows],
  data: Int32Array.from({ length: rows }, (_, row) => valueOf(row)),
});

/** Returns the rows of a float32 matrix, not copied. */
export function rowsOf({ data, shape }: HostTensor): Float32Array[] {
  const [rows, width] = shape as [number, number];
  return Array.from({ length: rows }, (_, i) => (data as Float32Array).subarray(i * width, (i + 1) * width));
}
