import { availableParallelism } from 'node:os';
import { inputError } from '../../errors.js';
import { tf } from '../tf.js';
import type { Device, DeviceName } from '../types.js';
import { OnnxDevice } from './onnx.js';
import { TfjsDevice } from './tfjs.js';

export interface DeviceOptions {
  /** CPU threads of onnxruntime. Default: one a core, at most 8. */
  readonly threads?: number;
  /** Takes lines on which devices were tried and passed over. */
  readonly onDebug?: (line: string) => void;
}

const MAX_DEFAULT_THREADS = 8;

export const deviceNames: readonly DeviceName[] = ['onnx-cpu', 'onnx-webgpu', 'tfjs-node-gpu', 'tfjs-wasm', 'tfjs-cpu'];

/** Errors: an InputError if the device is unknown or does not work here. */
export async function openDevice(name: DeviceName | 'auto', options: DeviceOptions = {}): Promise<Device> {
  const { threads = Math.min(availableParallelism(), MAX_DEFAULT_THREADS) } = options;
  switch (name) {
    case 'auto':
    case 'onnx-cpu':
      return new OnnxDevice('onnx-cpu', threads, 'cpu');
    case 'onnx-webgpu':
      return new OnnxDevice('onnx-webgpu', threads, 'webgpu');
    case 'tfjs-cpu':
      return new TfjsDevice('tfjs-cpu', 'cpu');
    case 'tfjs-wasm':
    case 'tfjs-node-gpu':
      await tf.ready();
      throw inputError('device', `${name} does not work here yet`);
    default:
      throw inputError('device', `expected auto or one of ${deviceNames.join(', ')}, got ${JSON.stringify(name)}`);
  }
}
