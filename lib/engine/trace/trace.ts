import type { Tensor } from '@tensorflow/tfjs-core';
import { DiffusteerError, messageOf } from '../../base/errors.js';
import '../gradients/index.js';
import type { Graph } from '../onnx/index.js';
import { inputName, outputName } from '../onnx/index.js';
import { tf } from '../tf.js';
import type { DType, GraphFunction, HostTensors, TensorSpec } from '../types.js';
import { traceBackend } from './backend.js';
import './kernels/index.js';
import { type GraphOptions, Recorder } from './recorder.js';
import { full, valueOf } from './value.js';

export interface Traced {
  /** Has only the inputs that the outputs depend on. */
  readonly graph: Graph;
  readonly outputs: readonly Required<TensorSpec>[];
}

/**
 * Records what `fn` does, gradients included, as an ONNX graph.
 *
 * @param constants further inputs of `fn`, whose values become part of the graph
 * @throws DiffusteerError that names an operation that has no ONNX form or no gradient
 */
export function trace(
  fn: GraphFunction,
  inputs: readonly Required<TensorSpec>[],
  constants: HostTensors = {},
  options: GraphOptions = {},
): Traced {
  const recorder = new Recorder(options);
  const outputs: Required<TensorSpec>[] = [];
  traceBackend.recording(recorder, () => {
    // Nothing is returned through tidy, which would walk all of it in search of tensors.
    tf.tidy(() => {
      const tensors: Record<string, Tensor> = {};
      for (const { name, shape, dtype } of inputs) {
        recorder.input({ name: inputName(name), shape, dtype });
        tensors[name] = tf
          .engine()
          .makeTensorFromTensorInfo(traceBackend.tensorInfo(valueOf(recorder, inputName(name), shape, dtype)));
      }
      for (const [name, { data, shape, dtype }] of Object.entries(constants)) tensors[name] = tf.tensor(data, [...shape], dtype);
      for (const [name, tensor] of Object.entries(call(fn, tensors))) {
        const { shape, dtype } = tensor;
        const spec = { name, shape: [...shape], dtype: dtype as DType };
        recorder.output({ ...spec, name: outputName(name) }, full(recorder, traceBackend.look(tensor)));
        outputs.push(spec);
      }
    });
  });
  return { graph: recorder.finish(), outputs };
}

function call(fn: GraphFunction, tensors: Record<string, Tensor>): Record<string, Tensor> {
  try {
    return fn(tensors);
  } catch (error) {
    throw explained(error);
  }
}

/** Turns the error of tfjs for a missing kernel or gradient into one that says what to do. */
function explained(error: unknown): unknown {
  const message = messageOf(error);
  const kernel = /Kernel '(\w+)' not registered for backend 'trace'/.exec(message)?.[1];
  if (kernel !== undefined) {
    return new DiffusteerError(
      `no ONNX form of the tfjs kernel "${kernel}": add it in lib/engine/trace/kernels, or write the function with other operations`,
      { cause: error },
    );
  }
  const operation = /gradient function not found for (\w+)/.exec(message)?.[1];
  if (operation !== undefined) {
    return new DiffusteerError(
      `no gradient of the tfjs kernel "${operation}": write the part that is differentiated with other operations, or with tf.customGrad`,
      { cause: error },
    );
  }
  return error;
}
