import { broadcastShapes } from '../../shapes.js';
import type { DType } from '../../types.js';
import type { Recorder } from '../recorder.js';
import { broadcast, cast, elementwise, filled, reshape, type Value } from '../value.js';
import type { TraceKernel, TraceKernels } from './kernel.js';

interface Unary {
  readonly x: Value;
}
interface Binary {
  readonly a: Value;
  readonly b: Value;
}

const unary =
  (op: string): TraceKernel =>
  (g: Recorder, { x }: Unary) =>
    elementwise(g, op, [x]);
const binary =
  (op: string): TraceKernel =>
  (g: Recorder, { a, b }: Binary) =>
    elementwise(g, op, [a, b]);
const compare =
  (op: string): TraceKernel =>
  (g: Recorder, { a, b }: Binary) =>
    elementwise(g, op, [a, b], 'bool');

/** Kernels that are one ONNX operation of (nearly) the same name. */
const direct: TraceKernels = {
  ...Object.fromEntries(
    ['Neg', 'Sqrt', 'Exp', 'Log', 'Abs', 'Sign', 'Floor', 'Ceil', 'Round', 'Reciprocal'].map((op) => [op, unary(op)]),
  ),
  ...Object.fromEntries(['Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan'].map((op) => [op, unary(op)])),
  ...Object.fromEntries(['Sinh', 'Cosh', 'Asinh', 'Acosh', 'Atanh', 'Erf'].map((op) => [op, unary(op)])),
  Sub: binary('Sub'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Pow: binary('Pow'),
  Greater: compare('Greater'),
  GreaterEqual: compare('GreaterOrEqual'),
  Less: compare('Less'),
  LessEqual: compare('LessOrEqual'),
  Equal: compare('Equal'),
  LogicalAnd: compare('And'),
  LogicalOr: compare('Or'),
  LogicalNot: (g: Recorder, { x }: Unary) => elementwise(g, 'Not', [x]),
  IsNan: (g: Recorder, { x }: Unary) => elementwise(g, 'IsNaN', [x], 'bool'),
  IsInf: (g: Recorder, { x }: Unary) => elementwise(g, 'IsInf', [x], 'bool'),
};

const add = (g: Recorder, { a, b }: Binary): Value => {
  const shape = broadcastShapes(a.shape, b.shape);
  if (b.fill === 0) return broadcast(a, shape);
  if (a.fill === 0) return broadcast(b, shape);
  return elementwise(g, 'Add', [a, b]);
};

const multiply = (g: Recorder, { a, b }: Binary): Value => {
  const shape = broadcastShapes(a.shape, b.shape);
  if (b.fill === 1) return broadcast(a, shape);
  if (a.fill === 1) return broadcast(b, shape);
  return elementwise(g, 'Mul', [a, b]);
};

const divide = (g: Recorder, { a, b }: Binary): Value =>
  b.fill === 1 ? broadcast(a, broadcastShapes(a.shape, b.shape)) : elementwise(g, 'Div', [a, b]);

const floorDivide = (g: Recorder, { a, b }: Binary): Value => {
  const quotient = elementwise(g, 'Div', [cast(g, a, 'float32'), cast(g, b, 'float32')]); // ONNX divides integers towards zero
  return cast(g, elementwise(g, 'Floor', [quotient]), a.dtype);
};

const mod = (g: Recorder, { a, b }: Binary): Value =>
  elementwise(g, 'Sub', [a, elementwise(g, 'Mul', [floorDivide(g, { a, b }), b])]);

/** Records log(u) x / (u - 1) with u = 1 + x, which keeps the digits of a small x (Kahan); x itself if u rounds to 1. */
const log1p = (g: Recorder, { x }: Unary): Value => {
  const one = filled(g, 1);
  const u = elementwise(g, 'Add', [x, one]);
  const isOne = elementwise(g, 'Equal', [u, one], 'bool');
  const denominator = elementwise(g, 'Where', [isOne, one, elementwise(g, 'Sub', [u, one])], 'float32');
  const ratio = elementwise(g, 'Div', [elementwise(g, 'Mul', [elementwise(g, 'Log', [u]), x]), denominator]);
  return elementwise(g, 'Where', [isOne, x, ratio], 'float32');
};

/** 2 exp(x/2) sinh(x/2), which keeps the digits of a small x. */
const expm1 = (g: Recorder, { x }: Unary): Value => {
  const half = elementwise(g, 'Mul', [x, filled(g, 0.5)]);
  const product = elementwise(g, 'Mul', [elementwise(g, 'Exp', [half]), elementwise(g, 'Sinh', [half])]);
  return elementwise(g, 'Mul', [product, filled(g, 2)]);
};

const select = (g: Recorder, { condition, t, e }: { condition: Value; t: Value; e: Value }): Value => {
  const perRow = condition.shape.length === 1 && t.shape.length > 1;
  const mask = perRow ? reshape(g, condition, [condition.shape[0]!, ...t.shape.slice(1).map(() => 1)]) : condition;
  if (t.dtype !== 'bool') return elementwise(g, 'Where', [mask, t, e], t.dtype);
  return cast(g, elementwise(g, 'Where', [mask, cast(g, t, 'int32'), cast(g, e, 'int32')], 'int32'), 'bool');
};

/** Casts as tfjs does: towards zero to integers, and to bool everything but zero is true. */
const castKernel = (g: Recorder, { x }: Unary, { dtype }: { dtype: DType }): Value => cast(g, x, dtype);

export const elementwiseKernels: TraceKernels = {
  ...direct,
  Add: add,
  AddN: (g: Recorder, inputs: Record<string, Value>) => Object.values(inputs).reduce((a, b) => add(g, { a, b })),
  Multiply: multiply,
  RealDiv: divide,
  FloorDiv: floorDivide,
  Mod: mod,
  SquaredDifference: (g: Recorder, { a, b }: Binary) => {
    const difference = elementwise(g, 'Sub', [a, b]);
    return elementwise(g, 'Mul', [difference, difference]);
  },
  NotEqual: (g: Recorder, { a, b }: Binary) => elementwise(g, 'Not', [elementwise(g, 'Equal', [a, b], 'bool')]),
  IsFinite: (g: Recorder, { x }: Unary) => elementwise(g, 'Less', [elementwise(g, 'Abs', [x]), filled(g, Infinity)], 'bool'),
  Square: (g: Recorder, { x }: Unary) => elementwise(g, 'Mul', [x, x]),
  Rsqrt: (g: Recorder, { x }: Unary) => elementwise(g, 'Reciprocal', [elementwise(g, 'Sqrt', [x])]),
  Log1p: log1p,
  Expm1: expm1,
  Select: select,
  Cast: castKernel,
};
