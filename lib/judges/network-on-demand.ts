import { openDevice } from '../engine/devices/open.js';
import type { Device, HostTensors } from '../engine/types.js';

/** A judge's network, which takes a device of its own with the first text. */
export interface NetworkOnDemand<T> {
  /** Returns the network, started if it is not. */
  started(): Promise<T>;
  /** Frees the device; the next text starts it again. */
  stop(): Promise<void>;
}

/**
 * Returns a network that starts on demand, on the CPU by onnxruntime.
 *
 * @param weights reads its weights
 * @param build builds it on a device
 * @param threads CPU threads. Default: as `openDevice`
 */
export function networkOnDemand<T>(
  weights: () => Promise<HostTensors>,
  build: (weights: HostTensors, device: Device) => T,
  threads: number | undefined,
): NetworkOnDemand<T> {
  let running: Promise<{ device: Device; network: T }> | undefined;
  const open = async () => {
    const tensors = await weights();
    const device = await openDevice('onnx-cpu', { threads });
    return { device, network: build(tensors, device) };
  };
  return {
    started: async () => (await (running ??= open())).network,
    async stop() {
      const used = await running?.catch(() => undefined); // it never started: nothing to stop
      running = undefined;
      await used?.device.dispose();
    },
  };
}
