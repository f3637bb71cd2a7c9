import type { DeviceName, Precision } from './types.js';

/** Returns why a device cannot compute in a precision, if it cannot. */
export const precisionObstacle = (name: DeviceName | 'auto', asked: Precision | 'auto' | undefined): string | undefined =>
  asked === 'int8' && name !== 'onnx-cpu' && name !== 'auto'
    ? `${name} does not support int8: use float32 or auto, or the device onnx-cpu`
    : undefined;
