import '../../base/no-telemetry.js';
import * as ort from 'onnxruntime-node';
import { DiffusteerError, messageOf } from '../../base/errors.js';
import type { OnnxRuntime } from './onnx-tensors.js';

export type Provider = 'cpu' | 'webgpu';

/** Returns onnxruntime-node. It runs a session on the thread that calls it. */
export const nodeRuntime = (provider: Provider, threads: number): OnnxRuntime => ({
  Tensor: ort.Tensor,
  fusesAttention: provider === 'cpu',
  createSession: (model) => createSession(model, provider, threads),
});

/**
 * Opens an onnxruntime session for the bytes of a model.
 * @throws DiffusteerError if onnxruntime has no implementation of a node, or the provider does not work here
 */
async function createSession(model: Uint8Array, provider: Provider, threads: number): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(model, {
      executionProviders: [provider],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      logSeverityLevel: 3, // errors only
      // Threads spin between the nodes of a run, which saves waking them a thousand times, and sleep after it, since two sessions on
      // the same cores would slow each other down.
      extra: { session: { intra_op: { allow_spinning: '1' }, force_spinning_stop: '1' } },
    });
  } catch (error) {
    throw new DiffusteerError(`onnxruntime (${provider}) cannot run the compiled function: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
