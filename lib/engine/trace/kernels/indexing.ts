import { plainAxes, sizeOf } from '../../shapes.js';
import type { DType } from '../../types.js';
import type { Recorder } from '../recorder.js';
import { cast, elementwise, filled, full, reshape, valueOf, type Value } from '../value.js';
import type { TraceKernels } from './kernel.js';

const gather = (
  g: Recorder,
  { x, indices }: { x: Value; indices: Value },
  { axis, batchDims }: { axis: number; batchDims: number },
): Value => {
  const [along] = plainAxes(axis, x.shape.length) as [number];
  if (batchDims > 0) return batchedGather(g, x, indices, along, batchDims);
  const shape = [...x.shape.slice(0, along), ...indices.shape, ...x.shape.slice(along + 1)];
  return valueOf(g, g.emit('Gather', [full(g, x), full(g, indices)], { axis: along }), shape, x.dtype);
};

/** Records a gather in which every batch entry takes from its own part of `x`: seen as [batch, outer, from, rest], with `from` moved next to the batch. */
function batchedGather(g: Recorder, x: Value, indices: Value, axis: number, batchDims: number): Value {
  const batch = sizeOf(x.shape.slice(0, batchDims));
  const outer = sizeOf(x.shape.slice(batchDims, axis));
  const rest = sizeOf(x.shape.slice(axis + 1));
  const taken = sizeOf(indices.shape.slice(batchDims));
  const rows = full(g, reshape(g, x, [batch, outer, x.shape[axis]!, rest]));
  const ids = g.cast(full(g, reshape(g, indices, [batch, taken, 1])), 'int64');
  const swapped = g.emit('Transpose', [rows], { perm: [0, 2, 1, 3] }); // [batch, from, outer, rest]
  const picked = g.emit('GatherND', [swapped, ids], { batch_dims: 1 }); // [batch, taken, outer, rest]
  const name = g.emit('Transpose', [picked], { perm: [0, 2, 1, 3] }); // [batch, outer, taken, rest]
  const shape = [...x.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...x.shape.slice(axis + 1)];
  return reshape(g, valueOf(g, name, [batch, outer, taken, rest], x.dtype), shape);
}

/**
 * Adds the rows of `x` that have the same id: the gradient of a gather. Not ScatterND, whose threads lose updates if ids repeat
 * (onnxruntime 1.30 on the CPU); ScatterElements runs in one thread.
 */
const segmentSum = (
  g: Recorder,
  { x, segmentIds }: { x: Value; segmentIds: Value },
  { numSegments }: { numSegments: number },
): Value => {
  const shape = [numSegments, ...x.shape.slice(1)];
  const zeros = g.emit('Expand', [g.scalar(0, x.dtype), g.ints(shape)]);
  const column = reshape(g, segmentIds, [segmentIds.shape[0]!, ...x.shape.slice(1).map(() => 1)]);
  const ids = g.emit('Expand', [column.name, g.ints(x.shape)]);
  return valueOf(g, g.emit('ScatterElements', [zeros, ids, full(g, x)], { axis: 0, reduction: 'add' }), shape, x.dtype);
};

const gatherNd = (g: Recorder, { params, indices }: { params: Value; indices: Value }): Value => {
  const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(indices.shape.at(-1)!)];
  return valueOf(g, g.emit('GatherND', [full(g, params), g.cast(full(g, indices), 'int64')]), shape, params.dtype);
};

/** Sums the updates into zeros: a segment sum over positions counted through all indexed dimensions. */
const scatterNd = (
  g: Recorder,
  { indices, updates }: { indices: Value; updates: Value },
  { shape }: { shape: number[] },
): Value => {
  const depth = indices.shape.at(-1)!;
  const count = sizeOf(indices.shape.slice(0, -1));
  const inner = sizeOf(shape.slice(depth));
  const strides = shape.slice(0, depth).map((_, i) => sizeOf(shape.slice(i + 1, depth)));
  const places = elementwise(g, 'Mul', [reshape(g, indices, [count, depth]), integers(g, strides)]);
  const ids = valueOf(g, g.emit('ReduceSum', [full(g, places), g.ints([1])], { keepdims: 0 }), [count], 'int32');
  const rows = reshape(g, updates, [count, inner]);
  return reshape(g, segmentSum(g, { x: rows, segmentIds: ids }, { numSegments: sizeOf(shape.slice(0, depth)) }), shape);
};

const integers = (g: Recorder, list: readonly number[]): Value =>
  valueOf(g, g.constant(Int32Array.from(list), [list.length], 'int32'), [list.length], 'int32');

interface OneHot {
  readonly depth: number;
  readonly onValue: number;
  readonly offValue: number;
  readonly dtype?: DType;
}

/** Compares with 0, 1, 2 ..., since onnxruntime's own OneHot runs in one thread. */
const oneHot = (g: Recorder, { indices }: { indices: Value }, { depth, onValue, offValue, dtype = 'int32' }: OneHot): Value => {
  const column = reshape(g, indices, [...indices.shape, 1]);
  const isOn = elementwise(
    g,
    'Equal',
    [
      column,
      integers(
        g,
        Array.from({ length: depth }, (_, i) => i),
      ),
    ],
    'bool',
  );
  const stored = dtype === 'bool' ? 'int32' : dtype; // onnxruntime chooses between numbers only
  return cast(g, elementwise(g, 'Where', [isOn, filled(g, onValue, stored), filled(g, offValue, stored)], stored), dtype);
};

export const indexing: TraceKernels = {
  GatherV2: gather,
  UnsortedSegmentSum: segmentSum,
  GatherNd: gatherNd,
  ScatterNd: scatterNd,
  OneHot: oneHot,
};
