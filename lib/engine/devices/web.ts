import type { TensorConstructor } from 'onnxruntime-node';
import { DiffusteerError, messageOf } from '../../base/errors.js';
import type { Device } from '../types.js';
import { OnnxDevice } from './onnx.js';
import type { OnnxRuntime, OnnxSession } from './onnx-tensors.js';

/** The part of onnxruntime-web that a device uses. */
export interface OrtWeb {
  readonly Tensor: TensorConstructor;
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<OnnxSession> };
}

/**
 * Returns a device on onnxruntime-web, for browsers.
 *
 * @param ort that has its WebAssembly, with as many threads as `threads` says
 * @param provider `webgpu` needs the build of onnxruntime-web that has it, and a browser that does
 */
export const webDevice = (ort: OrtWeb, provider: 'wasm' | 'webgpu' = 'wasm', threads = 1): Device =>
  new OnnxDevice('web', threads, webRuntime(ort, provider));

function webRuntime(ort: OrtWeb, provider: string): OnnxRuntime {
  const options = { executionProviders: [provider], graphOptimizationLevel: 'all', logSeverityLevel: 3 };
  return {
    Tensor: ort.Tensor,
    fusesAttention: provider === 'wasm',
    async createSession(model) {
      const session = await ort.InferenceSession.create(model, options).catch((error: unknown) => {
        throw new DiffusteerError(`onnxruntime-web (${provider}) cannot run the compiled function: ${messageOf(error)}`, {
          cause: error,
        });
      });
      return {
        async run(feeds, fetches) {
          await turn();
          return session.run(feeds, fetches);
        },
        release: () => session.release(),
      };
    },
  };
}

/** Lets the thread take messages, such as one that ends the run. A timer would wait 4 ms. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    Object.assign(port1, { onmessage: () => (port1.close(), resolve()) });
    port2.postMessage(undefined);
  });
