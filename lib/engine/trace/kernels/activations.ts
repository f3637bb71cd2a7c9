import type { Recorder } from '../recorder.js';
import { elementwise, filled, type Value } from '../value.js';
import type { TraceKernel, TraceKernels } from './kernel.js';

interface Unary {
  readonly x: Value;
}

const unary =
  (op: string): TraceKernel =>
  (g: Recorder, { x }: Unary) =>
    elementwise(g, op, [x]);

const step = (g: Recorder, { x }: Unary, { alpha }: { alpha: number }): Value => {
  const positive = elementwise(g, 'Greater', [x, filled(g, 0, x.dtype)], 'bool');
  return elementwise(g, 'Where', [positive, filled(g, 1, x.dtype), filled(g, alpha, x.dtype)], x.dtype);
};

const clip = (g: Recorder, { x }: Unary, { clipValueMin, clipValueMax }: { clipValueMin: number; clipValueMax: number }): Value =>
  elementwise(g, 'Clip', [x, filled(g, clipValueMin, x.dtype), filled(g, clipValueMax, x.dtype)]);

/** Records dy where y > 0, else dy (y + 1). */
const eluGradient = (g: Recorder, { dy, y }: { dy: Value; y: Value }): Value => {
  const positive = elementwise(g, 'Greater', [y, filled(g, 0)], 'bool');
  const scaled = elementwise(g, 'Mul', [dy, elementwise(g, 'Add', [y, filled(g, 1)])]);
  return elementwise(g, 'Where', [positive, dy, scaled], 'float32');
};

const prelu = (g: Recorder, { x, alpha }: { x: Value; alpha: Value }): Value => {
  const positive = elementwise(g, 'Greater', [x, filled(g, 0)], 'bool');
  return elementwise(g, 'Where', [positive, x, elementwise(g, 'Mul', [x, alpha])], 'float32');
};

export const activations: TraceKernels = {
  Tanh: unary('Tanh'),
  Sigmoid: unary('Sigmoid'),
  Relu: unary('Relu'),
  Softplus: unary('Softplus'),
  Elu: unary('Elu'),
  EluGrad: eluGradient,
  Selu: unary('Selu'),
  Relu6: (g: Recorder, { x }: Unary) => clip(g, { x }, { clipValueMin: 0, clipValueMax: 6 }),
  LeakyRelu: (g: Recorder, { x }: Unary, { alpha }: { alpha: number }) =>
    elementwise(g, 'LeakyRelu', [x], x.dtype, { alpha: { float: alpha } }),
  Prelu: prelu,
  Step: step,
  ClipByValue: clip,
};
