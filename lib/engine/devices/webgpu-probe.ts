import { messageOf } from '../../base/errors.js';
import { measureGflops } from './measure.js';
import { OnnxDevice } from './onnx.js';

// Runs in a process of its own, since a driver that fails may take the process with it. Sends what it found to its parent.

export type ProbeResult = { readonly gflops: number } | { readonly why: string };

const probe = async (): Promise<ProbeResult> => {
  try {
    return { gflops: await measureGflops(new OnnxDevice('onnx-webgpu', 1, 'webgpu')) };
  } catch (error) {
    return { why: messageOf(error) };
  }
};

process.send?.(await probe());
process.disconnect();
