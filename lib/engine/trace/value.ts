import { arrayOf } from '../arrays.js';
import type { Attributes } from '../onnx/index.js';
import { broadcastShapes, padRank, sameShape, type Shape, sizeOf } from '../shapes.js';
import type { DType } from '../types.js';
import type { Recorder } from './recorder.js';

/**
 * A tensor of the traced function. `shape` is what tfjs sees; the ONNX value `name` has the shape `stored`, which broadcasts to
 * `shape`. So fills and the broadcasts in the gradients of sums stay small until an operation needs the whole tensor.
 */
export interface Value {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly stored: Shape;
  /** The one number that fills the tensor, if that is known. */
  readonly fill?: number;
}

export function valueOf(g: Recorder, name: string, shape: Shape, dtype: DType, stored: Shape = shape): Value {
  g.describe({ name, shape: stored, dtype });
  return { name, dtype, shape, stored };
}

/** Returns a tensor filled with one number. */
export function filled(g: Recorder, fill: number, dtype: DType = 'float32', shape: Shape = []): Value {
  const name = g.scalar(fill, dtype);
  const [kept] = arrayOf(dtype, [fill]); // as it is after rounding to the type
  return { name, dtype, shape, stored: [], fill: kept! };
}

/** Returns the name of an ONNX value of the tensor's full shape. */
export function full(g: Recorder, { name, shape, stored, dtype }: Value): string {
  if (sameShape(stored, shape)) return name;
  if (sizeOf(stored) === sizeOf(shape)) return g.reshape(name, shape);
  return valueOf(g, g.emit('Expand', [name, g.ints(shape)]), shape, dtype).name;
}

/** Returns the same stored value, seen as broadcast to `shape`. */
export const broadcast = (x: Value, shape: Shape): Value => ({ ...x, shape });

/** Records an ONNX operation that works element by element and broadcasts. */
export function elementwise(
  g: Recorder,
  op: string,
  inputs: readonly Value[],
  dtype: DType = inputs[0]!.dtype,
  attributes: Attributes = {},
  domain = '',
): Value {
  const name = g.emit(op, inputs.map((x) => x.name), attributes, domain); // prettier-ignore
  const shape = broadcastShapes(...inputs.map((x) => x.shape));
  return valueOf(g, name, shape, dtype, broadcastShapes(...inputs.map((x) => x.stored)));
}

export function cast(g: Recorder, x: Value, dtype: DType): Value {
  if (x.dtype === dtype) return x;
  return valueOf(g, g.cast(x.name, dtype), x.shape, dtype, x.stored);
}

/** Returns the same elements in another shape. If only dimensions of size one come or go, a lazy broadcast stays lazy. */
export function reshape(g: Recorder, x: Value, shape: Shape): Value {
  if (x.stored.length === 0 || sameShape(shape, x.shape)) return broadcast(x, shape);
  const stored = reshapeStored(x, shape);
  if (stored === undefined) return valueOf(g, g.reshape(full(g, x), shape), shape, x.dtype);
  return valueOf(g, g.reshape(x.name, stored), shape, x.dtype, stored);
}

function reshapeStored(x: Value, shape: Shape): number[] | undefined {
  const proper = (s: Shape) => s.filter((dim) => dim !== 1);
  if (!sameShape(proper(shape), proper(x.shape))) return undefined;
  const kept = padRank(x.stored, x.shape.length).filter((_, i) => x.shape[i] !== 1);
  let next = 0;
  return shape.map((dim) => (dim === 1 ? 1 : kept[next++]!));
}
