import { broadcastShapes, sizeOf } from '../../shapes.js';
import type { Recorder } from '../recorder.js';
import { full, reshape, valueOf, type Value } from '../value.js';
import type { TraceKernels } from './kernel.js';

interface MatMul {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

const batchMatMul = (g: Recorder, { a, b }: { a: Value; b: Value }, { transposeA, transposeB }: MatMul): Value => {
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...batch, rows, columns];
  const flags = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 };
  const isPlain = !transposeA && !transposeB;
  if (sizeOf(batch) !== 1) {
    const names = [full(g, a), full(g, b)];
    return valueOf(g, isPlain ? g.emit('MatMul', names) : g.emit('FusedMatMul', names, flags, 'com.microsoft'), shape, a.dtype);
  }
  // a batch of one is a plain matrix product, which onnxruntime does in one call
  const names = [full(g, reshape(g, a, a.shape.slice(-2))), full(g, reshape(g, b, b.shape.slice(-2)))];
  const name = isPlain ? g.emit('MatMul', names) : g.emit('Gemm', names, flags);
  return reshape(g, valueOf(g, name, [rows, columns], a.dtype), shape);
};

const einsum = (g: Recorder, inputs: Readonly<Record<string, Value>>, { equation }: { equation: string }): Value => {
  const operands = Object.values(inputs);
  const [left, right] = equation.replace(/\s/g, '').split('->') as [string, string];
  const dims = new Map<string, number>();
  left.split(',').forEach((labels, i) => [...labels].forEach((label, axis) => dims.set(label, operands[i]!.shape[axis]!)));
  const names = operands.map((x) => full(g, x));
  return valueOf(g, g.emit('Einsum', names, { equation }), [...right].map((label) => dims.get(label)!), operands[0]!.dtype); // prettier-ignore
};

export const contractions: TraceKernels = { BatchMatMul: batchMatMul, Einsum: einsum };
