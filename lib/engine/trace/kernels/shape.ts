import { padRank, sizeOf, type Shape } from '../../shapes.js';
import type { DType } from '../../types.js';
import { arrayOf } from '../../arrays.js';
import type { Recorder } from '../recorder.js';
import { broadcast, filled, full, reshape, valueOf, type Value } from '../value.js';
import type { TraceKernels } from './kernel.js';

interface Unary {
  readonly x: Value;
}

/** Returns the shape with its one negative dimension worked out. */
function completed(shape: Shape, size: number): number[] {
  const known = sizeOf(shape.filter((dim) => dim >= 0));
  return shape.map((dim) => (dim < 0 ? size / known : dim));
}

const expandDims = (g: Recorder, { input }: { input: Value }, { dim }: { dim: number }): Value => {
  const shape = [...input.shape];
  shape.splice(dim < 0 ? shape.length + 1 + dim : dim, 0, 1);
  return reshape(g, input, shape);
};

const transpose = (g: Recorder, { x }: Unary, { perm }: { perm: number[] }): Value => {
  const permuted = (shape: Shape) => perm.map((axis) => shape[axis]!);
  const stored = padRank(x.stored, x.shape.length);
  const isSame = perm.every((axis, i) => axis === i);
  if (isSame || x.stored.length === 0) return broadcast(x, permuted(x.shape));
  const name = x.stored.length === stored.length ? x.name : g.reshape(x.name, stored);
  return valueOf(g, g.emit('Transpose', [name], { perm }), permuted(x.shape), x.dtype, permuted(stored));
};

const tile = (g: Recorder, { x }: Unary, { reps }: { reps: number[] }): Value => {
  const shape = x.shape.map((dim, i) => dim * reps[i]!);
  const stored = padRank(x.stored, x.shape.length);
  const isBroadcast = stored.every((dim, i) => dim === 1 || reps[i] === 1); // repeating a dimension of size 1 broadcasts it
  if (isBroadcast) return broadcast(x, shape);
  return valueOf(g, g.emit('Tile', [full(g, x), g.ints(reps)]), shape, x.dtype);
};

const constant = (g: Recorder, values: readonly number[], dtype: DType): Value =>
  valueOf(g, g.constant(arrayOf(dtype, values), [values.length], dtype), [values.length], dtype);

interface Range {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
  readonly dtype: DType;
}

const range = (g: Recorder, _inputs: object, { start, stop, step, dtype }: Range): Value => {
  const count = Math.max(0, Math.ceil((stop - start) / step));
  return constant(g, Array.from({ length: count }, (_, i) => start + i * step), dtype); // prettier-ignore
};

const linSpace = (g: Recorder, _inputs: object, { start, stop, num }: { start: number; stop: number; num: number }): Value => {
  const step = num > 1 ? (stop - start) / (num - 1) : 0;
  return constant(g, Array.from({ length: num }, (_, i) => start + i * step), 'float32'); // prettier-ignore
};

export const shapeKernels: TraceKernels = {
  Identity: (_g: Recorder, { x }: Unary) => x,
  Reshape: (g: Recorder, { x }: Unary, { shape }: { shape: number[] }) => reshape(g, x, completed(shape, sizeOf(x.shape))),
  ExpandDims: expandDims,
  Transpose: transpose,
  Tile: tile,
  ZerosLike: (g: Recorder, { x }: Unary) => filled(g, 0, x.dtype, x.shape),
  OnesLike: (g: Recorder, { x }: Unary) => filled(g, 1, x.dtype, x.shape),
  Range: range,
  LinSpace: linSpace,
  Fill: (g: Recorder, _inputs: object, { shape, value, dtype }: { shape: number[]; value: number; dtype?: DType }) =>
    filled(g, value, dtype ?? 'float32', shape),
};
