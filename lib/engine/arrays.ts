import { sizeOf, type Shape } from './shapes.js';
import type { DType, TypedArray } from './types.js';

export function arrayOf(dtype: DType, values: readonly number[]): TypedArray {
  return dtype === 'float32' ? Float32Array.from(values) : dtype === 'int32' ? Int32Array.from(values) : Uint8Array.from(values);
}

/** Returns zeros. */
export function emptyArray(dtype: DType, shape: Shape): TypedArray {
  const size = sizeOf(shape);
  return dtype === 'float32' ? new Float32Array(size) : dtype === 'int32' ? new Int32Array(size) : new Uint8Array(size);
}

/** Concatenates arrays. */
export function concat(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
