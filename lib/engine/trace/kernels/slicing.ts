import type { Tensor } from '@tensorflow/tfjs-core';
import { plainAxes, sizeOf } from '../../shapes.js';
import { tf } from '../../tf.js';
import type { Recorder } from '../recorder.js';
import { full, reshape, valueOf, type Value } from '../value.js';
import type { TraceKernels } from './kernel.js';

interface Unary {
  readonly x: Value;
}
type List = Readonly<Record<string, Value>>;

const plain = (axis: number, rank: number): number => (axis < 0 ? rank + axis : axis);

const slice = (g: Recorder, { x }: Unary, { begin, size }: { begin: number | number[]; size: number | number[] }): Value => {
  const like = { shape: x.shape, rank: x.shape.length } as unknown as Tensor; // all that tfjs looks at
  const [starts, sizes] = tf.slice_util.parseSliceParams(like, begin, size) as [number[], number[]];
  const ends = starts.map((start, i) => start + sizes[i]!);
  return valueOf(g, g.emit('Slice', [full(g, x), g.ints(starts), g.ints(ends)]), sizes, x.dtype);
};

interface StridedSlice {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

const stridedSlice = (g: Recorder, { x }: Unary, a: StridedSlice): Value => {
  const info = tf.slice_util.sliceInfo(
    [...x.shape],
    a.begin,
    a.end,
    a.strides,
    a.beginMask,
    a.endMask,
    a.ellipsisMask,
    a.newAxisMask,
    a.shrinkAxisMask,
  );
  const axes = x.shape.map((_, axis) => axis);
  // tfjs has -1 for "before the first element", which ONNX would read as the last one
  const ends = info.end.map((end, axis) => (info.strides[axis]! < 0 && end < 0 ? -x.shape[axis]! - 1 : end));
  const bounds = [info.begin, ends, axes, info.strides].map((list) => g.ints(list));
  const sizes = axes.map((axis) => Math.max(0, Math.ceil((info.end[axis]! - info.begin[axis]!) / info.strides[axis]!)));
  return reshape(g, valueOf(g, g.emit('Slice', [full(g, x), ...bounds]), sizes, x.dtype), info.finalShape);
};

const concat = (g: Recorder, inputs: List, { axis }: { axis: number }): Value => {
  const all = Object.values(inputs);
  const along = plain(axis, all[0]!.shape.length);
  const shape = [...all[0]!.shape];
  shape[along] = all.reduce((sum, x) => sum + x.shape[along]!, 0);
  const parts = all.filter((x) => sizeOf(x.shape) > 0);
  if (parts.length <= 1) return parts[0] ?? all[0]!;
  const names = parts.map((x) => full(g, x));
  return valueOf(g, g.emit('Concat', names, { axis: along }), shape, all[0]!.dtype);
};

const pack = (g: Recorder, inputs: List, { axis }: { axis: number }): Value => {
  const parts = Object.values(inputs);
  const along = plain(axis, parts[0]!.shape.length + 1);
  const one = parts[0]!.shape.toSpliced(along, 0, 1);
  return concat(g, Object.fromEntries(parts.map((x, i) => [i, reshape(g, x, one)])), { axis: along });
};

const unpack = (g: Recorder, { value: x }: { value: Value }, { axis }: { axis: number }): Value[] => {
  const along = plain(axis, x.shape.length);
  const shape = x.shape.toSpliced(along, 1);
  const name = full(g, x);
  return Array.from({ length: x.shape[along]! }, (_, i) =>
    valueOf(g, g.emit('Gather', [name, g.scalar(i, 'int32')], { axis: along }), shape, x.dtype),
  );
};

const split = (
  g: Recorder,
  { x }: Unary,
  { numOrSizeSplits, axis }: { numOrSizeSplits: number | number[]; axis: number },
): Value[] => {
  const along = plain(axis, x.shape.length);
  const sizes = tf.backend_util.prepareSplitSize({ shape: x.shape } as unknown as Tensor, numOrSizeSplits, along);
  const names = g.emitMany('Split', [full(g, x), g.ints(sizes)], sizes.length, { axis: along });
  return names.map((name, i) => valueOf(g, name, x.shape.with(along, sizes[i]!), x.dtype));
};

const pad = (
  g: Recorder,
  { x }: Unary,
  { paddings, constantValue }: { paddings: [number, number][]; constantValue: number },
): Value => {
  const shape = x.shape.map((dim, i) => paddings[i]![0] + dim + paddings[i]![1]);
  const pads = g.ints([...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)]);
  return valueOf(g, g.emit('Pad', [full(g, x), pads, g.scalar(constantValue, x.dtype)]), shape, x.dtype);
};

const reverse = (g: Recorder, { x }: Unary, { dims }: { dims?: number | number[] }): Value => {
  const axes = plainAxes(dims, x.shape.length);
  const starts = axes.map((axis) => x.shape[axis]! - 1);
  const ends = axes.map((axis) => -x.shape[axis]! - 1); // before the first element
  const bounds = [starts, ends, axes, axes.map(() => -1)].map((list) => g.ints(list));
  return valueOf(g, g.emit('Slice', [full(g, x), ...bounds]), x.shape, x.dtype);
};

export const slicing: TraceKernels = {
  Slice: slice,
  StridedSlice: stridedSlice,
  Concat: concat,
  Pack: pack,
  Unpack: unpack,
  SplitV: split,
  PadV2: pad,
  Reverse: reverse,
};
