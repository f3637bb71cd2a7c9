import { padRank, plainAxes, sizeOf } from '../../shapes.js';
import type { Recorder } from '../recorder.js';
import { broadcast, cast, elementwise, filled, full, reshape, valueOf, type Value } from '../value.js';
import type { TraceKernel, TraceKernels } from './kernel.js';

interface Unary {
  readonly x: Value;
}
interface Axes {
  readonly axis?: number | number[];
  readonly keepDims?: boolean;
}

/**
 * Records a reduction. Only dimensions that are stored in full are read; `repeat` says what a lazy broadcast, which repeats each
 * element so many times, does to the result.
 */
function reduce(
  g: Recorder,
  op: string,
  x: Value,
  { axis, keepDims }: Axes,
  repeat: (y: Value, times: number) => Value = (y) => y,
): Value {
  const axes = plainAxes(axis, x.shape.length);
  const kept = x.shape.map((dim, i) => (axes.includes(i) ? 1 : dim));
  const shape = keepDims === true ? kept : x.shape.filter((_, i) => !axes.includes(i));
  const stored = padRank(x.stored, x.shape.length);
  const read = axes.filter((i) => stored[i] !== 1);
  const times = sizeOf(axes.filter((i) => stored[i] === 1).map((i) => x.shape[i]!));
  let y: Value = broadcast(x, kept);
  if (read.length > 0) {
    const name = stored.length === x.stored.length ? x.name : g.reshape(x.name, stored);
    const left = stored.map((dim, i) => (read.includes(i) ? 1 : dim));
    y = valueOf(g, g.emit(op, [name, g.ints(read)], { keepdims: 1 }), kept, x.dtype, left);
  }
  return reshape(g, times === 1 ? y : repeat(y, times), shape);
}

const sum: TraceKernel = (g: Recorder, { x }: Unary, axes: Axes) => {
  const numbers = x.dtype === 'bool' ? cast(g, x, 'int32') : x;
  return reduce(g, 'ReduceSum', numbers, axes, (y, times) => elementwise(g, 'Mul', [y, filled(g, times, y.dtype)]));
};

const prod: TraceKernel = (g: Recorder, { x }: Unary, axes: Axes) =>
  reduce(g, 'ReduceProd', x, axes, (y, times) => elementwise(g, 'Pow', [y, filled(g, times, y.dtype)]));

/** Returns true if any (Max) or all (Min) of the elements are true. */
const logical =
  (op: string): TraceKernel =>
  (g: Recorder, { x }: Unary, axes: Axes) =>
    cast(g, reduce(g, op, cast(g, x, 'int32'), axes), 'bool');

const arg =
  (op: string): TraceKernel =>
  (g: Recorder, { x }: Unary, { axis }: { axis: number | number[] }) => {
    const [along] = plainAxes(axis, x.shape.length) as [number];
    const numbers = x.dtype === 'bool' ? cast(g, x, 'int32') : x;
    const name = g.emit(op, [full(g, numbers)], { axis: along, keepdims: 0 });
    return valueOf(g, g.cast(name, 'int32'), x.shape.toSpliced(along, 1), 'int32');
  };

const softmax = (g: Recorder, { logits }: { logits: Value }, { dim }: { dim: number }): Value => {
  const [along] = plainAxes(dim, logits.shape.length) as [number];
  return valueOf(g, g.emit('Softmax', [full(g, logits)], { axis: along }), logits.shape, 'float32');
};

export const reductions: TraceKernels = {
  Sum: sum,
  Prod: prod,
  Mean: (g: Recorder, { x }: Unary, axes: Axes) => reduce(g, 'ReduceMean', cast(g, x, 'float32'), axes),
  Max: (g: Recorder, { x }: Unary, { reductionIndices, keepDims }: { reductionIndices: number | number[]; keepDims: boolean }) =>
    reduce(g, 'ReduceMax', x, { axis: reductionIndices, keepDims }),
  Min: (g: Recorder, { x }: Unary, axes: Axes) => reduce(g, 'ReduceMin', x, axes),
  All: logical('ReduceMin'),
  Any: logical('ReduceMax'),
  ArgMax: arg('ArgMax'),
  ArgMin: arg('ArgMin'),
  Softmax: softmax,
};
