import { availableParallelism } from 'node:os';
import { DiffusteerError, inputError, messageOf } from '../../base/errors.js';
import { precisionObstacle } from '../precision.js';
import type { Device, DeviceName, Precision } from '../types.js';
import { probeWebGpu } from './webgpu.js';

export interface DeviceOptions {
  /** CPU threads of onnxruntime. Default: one per core, at most 8. */
  readonly threads?: number | undefined;
  /** Only onnx-cpu supports int8; `auto` is int8 there and float32 elsewhere. Default: float32. */
  readonly precision?: Precision | 'auto';
  /** Called with one line for each device that was tried and rejected. */
  readonly onDebug?: (line: string) => void;
}

const MAX_DEFAULT_THREADS = 8;

export const defaultThreads = (): number => Math.min(availableParallelism(), MAX_DEFAULT_THREADS);

export const deviceNames: readonly DeviceName[] = ['onnx-cpu', 'onnx-webgpu', 'tfjs-node-gpu', 'tfjs-wasm', 'tfjs-cpu'];

/**
 * Opens a device. `auto` opens tfjs-node-gpu if it loads and finds a GPU, otherwise onnx-cpu.
 *
 * @throws InputError if the device is unknown or does not work here, with the reason
 */
export async function openDevice(name: DeviceName | 'auto', options: DeviceOptions = {}): Promise<Device> {
  if (name === 'auto') return openBest(options);
  if (!deviceNames.includes(name))
    throw inputError('device', `expected auto or one of ${deviceNames.join(', ')}, got ${JSON.stringify(name)}`);
  const { threads = defaultThreads() } = options;
  const precision = precisionOn(name, options.precision);
  if (!Number.isInteger(threads) || threads < 1) throw inputError('threads', `expected a whole number from 1, got ${threads}`);
  try {
    return await open(name, threads, precision);
  } catch (error) {
    throw inputError('device', `${name} does not work here: ${messageOf(error)}. Try auto, or run \`diffusteer devices\``);
  }
}

function precisionOn(name: DeviceName, asked: DeviceOptions['precision'] = 'float32'): Precision {
  const obstacle = precisionObstacle(name, asked);
  if (obstacle !== undefined) throw inputError('precision', obstacle);
  if (asked === 'auto') return name === 'onnx-cpu' ? 'int8' : 'float32';
  return asked;
}

async function openBest(options: DeviceOptions): Promise<Device> {
  if (options.precision === 'int8') return openDevice('onnx-cpu', options);
  try {
    return await openDevice('tfjs-node-gpu', options);
  } catch (error) {
    options.onDebug?.(`passed over: ${messageOf(error)}`);
    return openDevice('onnx-cpu', options);
  }
}

/** Opens a device that was named; its code loads on demand. @throws any error, with the reason why the device does not work here */
export async function open(name: DeviceName, threads: number, precision: Precision = 'float32'): Promise<Device> {
  if (name === 'onnx-webgpu') {
    const result = await probeWebGpu();
    if ('why' in result) throw new Error(result.why);
  }
  if (name === 'onnx-cpu' || name === 'onnx-webgpu') {
    const [{ OnnxDevice }, { nodeRuntime }] = await Promise.all([import('./onnx.js'), import('./onnx-session.js')]);
    return new OnnxDevice(name, threads, nodeRuntime(name === 'onnx-cpu' ? 'cpu' : 'webgpu', threads), precision);
  }
  if (name === 'web') throw new DiffusteerError('it runs in a browser; `diffusteer export-web` writes a page that does');
  const [{ TfjsDevice }, { loadNodeGpu, loadWasm }] = await Promise.all([import('./tfjs.js'), import('./tfjs-backends.js')]);
  if (name === 'tfjs-node-gpu') await loadNodeGpu();
  if (name === 'tfjs-wasm') await loadWasm();
  return new TfjsDevice(name, TFJS_BACKENDS[name]);
}

const TFJS_BACKENDS = { 'tfjs-node-gpu': 'tensorflow', 'tfjs-wasm': 'wasm', 'tfjs-cpu': 'cpu' } as const;
