import { plainAxes } from '../../shapes.js';
import type { Recorder } from '../recorder.js';
import { elementwise, full, valueOf, type Value } from '../value.js';
import type { TraceKernels } from './kernel.js';

interface Unary {
  readonly x: Value;
}
interface Scan {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

const cumsum = (g: Recorder, { x }: Unary, { axis, exclusive, reverse }: Scan): Value => {
  const flags = { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 };
  return valueOf(g, g.emit('CumSum', [full(g, x), g.scalar(axis, 'int32')], flags), x.shape, x.dtype);
};

/** Products of 1, 2, 4, 8 ... neighbours (Hillis and Steele 1986), since ONNX has no such operation. */
const cumprod = (g: Recorder, { x }: Unary, { axis, exclusive, reverse }: Scan): Value => {
  const [along] = plainAxes(axis, x.shape.length) as [number];
  let y = valueOf(g, full(g, x), x.shape, x.dtype);
  if (exclusive) y = shifted(g, y, along, 1, reverse);
  for (let step = 1; step < x.shape[along]!; step *= 2) y = elementwise(g, 'Mul', [y, shifted(g, y, along, step, reverse)]);
  return y;
};

/** Shifts along the axis by a number of positions and fills with ones. */
function shifted(g: Recorder, x: Value, axis: number, places: number, backwards: boolean): Value {
  const sign = backwards ? -1 : 1;
  const pads = [...x.shape, ...x.shape].map((_, i) =>
    i === axis ? sign * places : i === x.shape.length + axis ? -sign * places : 0,
  );
  return valueOf(g, g.emit('Pad', [x.name, g.ints(pads), g.scalar(1, x.dtype)]), x.shape, x.dtype);
}

/** Returns the k largest of the last axis and their indices. */
const topK = (g: Recorder, { x }: Unary, { k, sorted }: { k: number; sorted: boolean }): Value[] => {
  const [values, indices] = g.emitMany('TopK', [full(g, x), g.ints([k])], 2, { axis: -1, sorted: sorted ? 1 : 0 });
  const shape = x.shape.with(-1, k);
  return [valueOf(g, values!, shape, x.dtype), valueOf(g, g.cast(indices!, 'int32'), shape, 'int32')];
};

export const scans: TraceKernels = { Cumsum: cumsum, Cumprod: cumprod, TopK: topK };
