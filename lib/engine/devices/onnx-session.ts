import * as ort from 'onnxruntime-node';
import { DiffusteerError, messageOf } from '../../errors.js';

export type Provider = 'cpu' | 'webgpu';

/**
 * A session of onnxruntime for the bytes of a model.
 * Errors: a DiffusteerError if onnxruntime has no implementation of a node, or the provider does not work here.
 */
export async function createSession(model: Uint8Array, provider: Provider, threads: number): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(model, {
      executionProviders: [provider],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      logSeverityLevel: 3, // errors only
      extra: { session: { intra_op: { allow_spinning: '0' } } }, // or two sessions on the same cores slow each other down
    });
  } catch (error) {
    throw new DiffusteerError(`onnxruntime (${provider}) cannot run the compiled function: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
