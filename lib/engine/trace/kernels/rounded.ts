import type { Recorder } from '../recorder.js';
import { full, valueOf, type Value } from '../value.js';
import type { TraceKernels } from './kernel.js';

/** A product of numbers that are rounded to 8 bits for it. See ../../product.ts. */
export const ROUNDED_PRODUCT = 'RoundedProduct';

// Seven bits: on a CPU without VNNI, onnxruntime adds two products of a byte and a weight in 16 bits, which hold 2 * 255 * 64.
const LARGEST_WEIGHT = 63;
const TINY = 1e-30; // the scale of a column of zeros

/**
 * Records x [N, I] times w [I, O], or times w transposed. Each column of w has its own scale, x has one for all, from its smallest to its largest
 * number. If w is a constant, onnxruntime prepares it once, when it optimises the graph.
 */
const roundedProduct = (g: Recorder, { x, w }: { x: Value; w: Value }, { transposeW }: { transposeW: boolean }): Value => {
  const stored = full(g, w);
  const columns = transposeW ? g.emit('Transpose', [stored], { perm: [1, 0] }) : stored; // [I, O]
  const largest = g.emit('ReduceMax', [g.emit('Abs', [columns]), g.ints([0])], { keepdims: 0 }); // [O]
  const scale = g.emit('Div', [g.emit('Max', [largest, g.scalar(TINY, 'float32')]), g.scalar(LARGEST_WEIGHT, 'float32')]);
  const weights = g.cast(g.emit('Round', [g.emit('Div', [columns, scale])]), 'int8');
  // a separate node, so that an input that products share (q, k, v) is rounded once
  const [bytes, step, zero] = g.emitMany('DynamicQuantizeLinear', [full(g, x)], 3) as [string, string, string];
  const name = g.emit('MatMulIntegerToFloat', [bytes, weights, step, scale, zero], {}, 'com.microsoft');
  return valueOf(g, name, [x.shape[0]!, w.shape[transposeW ? 0 : 1]!], 'float32');
};

export const roundedKernels: TraceKernels = { [ROUNDED_PRODUCT]: roundedProduct };
