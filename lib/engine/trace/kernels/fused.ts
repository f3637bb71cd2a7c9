import type { Recorder } from '../recorder.js';
import { elementwise, full, valueOf, type Value } from '../value.js';
import type { TraceKernels } from './kernel.js';

/** Kernels that only this backend has: one onnxruntime node instead of the many that tfjs composes. See ../../ops.ts. */
export const LAYER_NORM = 'FusedLayerNorm';
export const GELU = 'FusedGelu';
export const ATTENTION = 'FusedAttention';

/** Records the normalised rows, and the mean and inverse standard deviation of each, which its gradient needs. */
const layerNorm = (
  g: Recorder,
  { x, gamma, beta }: { x: Value; gamma: Value; beta: Value },
  { epsilon }: { epsilon: number },
): Value[] => {
  const attributes = { axis: -1, epsilon: { float: epsilon } };
  const names = g.emitMany('LayerNormalization', [full(g, x), full(g, gamma), full(g, beta)], 3, attributes);
  const rows = [...x.shape.slice(0, -1), 1];
  return [
    valueOf(g, names[0]!, x.shape, 'float32'),
    valueOf(g, names[1]!, rows, 'float32'),
    valueOf(g, names[2]!, rows, 'float32'),
  ];
};

const gelu = (g: Recorder, { x }: { x: Value }): Value => elementwise(g, 'Gelu', [x], 'float32', {}, 'com.microsoft');

/** (B, L, W) in and out, and a bias on the scores that is already spread over (1 or B, 1 or H, L, L). */
const attention = (
  g: Recorder,
  { q, k, v, bias }: { q: Value; k: Value; v: Value; bias?: Value },
  { heads }: { heads: number },
): Value => {
  const inputs = [q, k, v].map((x) => full(g, x));
  if (bias !== undefined) inputs.push('', '', full(g, bias));
  return valueOf(g, g.emit('MultiHeadAttention', inputs, { num_heads: heads }, 'com.microsoft'), q.shape, 'float32');
};

export const fusedKernels: TraceKernels = { [LAYER_NORM]: layerNorm, [GELU]: gelu, [ATTENTION]: attention };
