import { printGraph, trace } from '../trace/index.js';
import type { Device } from '../types.js';
import { withDtypes } from './feeds.js';

/** Returns a device that also reports each function it compiles, as `printGraph` prints it. */
export const printingDevice = (device: Device, onGraph: (text: string) => void): Device => ({
  name: device.name,
  threads: device.threads,
  precision: device.precision,
  compile(fn, inputs, constants) {
    onGraph(printGraph(trace(fn, withDtypes(inputs), constants, { precision: device.precision }).graph, constants));
    return device.compile(fn, inputs, constants);
  },
  put: (tensor) => device.put(tensor),
  state: (tensors) => device.state(tensors),
  dispose: () => device.dispose(),
});
