import { sizeOf, type Shape } from './shapes.js';
import type { DType, TypedArray } from './types.js';

export function arrayOf(dtype: DType, values: readonly number[]): TypedArray {
  return dtype === 'float32' ? Float32Array.from(values) : dtype === 'int32' ? Int32Array.from(values) : Uint8Array.from(values);
}

/** Zeros. */
export function emptyArray(dtype: DType, shape: Shape): TypedArray {
  const size = sizeOf(shape);
  return dtype === 'float32' ? new Float32Array(size) : dtype === 'int32' ? new Int32Array(size) : new Uint8Array(size);
}
