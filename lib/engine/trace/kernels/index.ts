/** The kernels of the tracing backend. Takes operations of tfjs; gives nodes of the graph; knows nothing of sessions and devices. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { tf } from '../../tf.js';
import { traceBackend } from '../backend.js';
import { TRACE_BACKEND } from '../traced.js';
import type { Value } from '../value.js';
import { activations } from './activations.js';
import { contractions } from './contract.js';
import { elementwiseKernels } from './elementwise.js';
import { fusedKernels } from './fused.js';
import { indexing } from './indexing.js';
import type { TraceKernel, TraceKernels } from './kernel.js';
import { reductions } from './reduce.js';
import { roundedKernels } from './rounded.js';
import { scans } from './scan.js';
import { shapeKernels } from './shape.js';
import { slicing } from './slicing.js';

export const kernels: TraceKernels = {
  ...elementwiseKernels,
  ...activations,
  ...shapeKernels,
  ...slicing,
  ...reductions,
  ...scans,
  ...contractions,
  ...indexing,
  ...fusedKernels,
  ...roundedKernels,
};

for (const [kernelName, kernel] of Object.entries(kernels)) register(kernelName, kernel);

function register(kernelName: string, kernel: TraceKernel): void {
  tf.registerKernel({
    kernelName,
    backendName: TRACE_BACKEND,
    kernelFunc({ inputs, attrs }): TensorInfo | TensorInfo[] {
      const values: Record<string, Value> = {};
      for (const [name, tensor] of Object.entries(inputs)) if (tensor) values[name] = traceBackend.look(tensor);
      const result = kernel(traceBackend.recorder, values as never, (attrs ?? {}) as never);
      return isList(result) ? result.map((value) => traceBackend.tensorInfo(value)) : traceBackend.tensorInfo(result);
    },
  });
}

const isList = (result: Value | readonly Value[]): result is readonly Value[] => Array.isArray(result);
