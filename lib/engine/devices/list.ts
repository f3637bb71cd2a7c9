import { messageOf } from '../../base/errors.js';
import type { DeviceName } from '../types.js';
import { measureGflops } from './measure.js';
import { defaultThreads, deviceNames, open } from './open.js';
import { probeWebGpu } from './webgpu.js';

export interface DeviceReport {
  readonly name: DeviceName;
  readonly works: boolean;
  /** The reason why it does not work here. */
  readonly why?: string;
  /** Measured with the product of two matrices of 512 x 512, whose result was checked. */
  readonly gflops?: number;
  /** CPU threads. */
  readonly threads: number;
}

/** Tries each device in turn, with at most a third of a second of work on each that opens. */
export async function listDevices(): Promise<DeviceReport[]> {
  const reports: DeviceReport[] = [];
  for (const name of deviceNames) reports.push(await report(name));
  return reports;
}

async function report(name: DeviceName): Promise<DeviceReport> {
  const threads = name === 'onnx-cpu' ? defaultThreads() : 1;
  try {
    if (name === 'onnx-webgpu') {
      const result = await probeWebGpu(); // measured in its own process, since a driver may crash it
      return 'gflops' in result
        ? { name, works: true, gflops: result.gflops, threads }
        : { name, works: false, why: result.why, threads };
    }
    const device = await open(name, threads);
    const gflops = await measureGflops(device);
    await device.dispose();
    return { name, works: true, gflops, threads };
  } catch (error) {
    return { name, works: false, why: messageOf(error), threads };
  }
}
