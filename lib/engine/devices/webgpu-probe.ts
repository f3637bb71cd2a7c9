import { messageOf } from '../../base/errors.js';
import { measureGflops } from './measure.js';
import { nodeRuntime } from './onnx-session.js';
import { OnnxDevice } from './onnx.js';

// Runs in its own process, since a failing driver may crash it. Sends its result to the parent.

export type ProbeResult = { readonly gflops: number } | { readonly why: string };

const probe = async (): Promise<ProbeResult> => {
  try {
    return { gflops: await measureGflops(new OnnxDevice('onnx-webgpu', 1, nodeRuntime('webgpu', 1))) };
  } catch (error) {
    return { why: messageOf(error) };
  }
};

process.send?.(await probe());
process.disconnect();
