/** Functions of tensors, compiled and run. Takes a function written in TensorFlow.js and host tensors; gives programs on a device and their results; knows nothing of what the tensors mean. */
import './gradients/index.js';

export { deviceNames, type DeviceOptions, type DeviceReport, listDevices, openDevice, printingDevice } from './devices/index.js';
export { attention, gelu, layerNorm } from './ops.js';
export { weightProduct } from './product.js';
export { prefixed, scoped } from './scope.js';
export { tf } from './tf.js';
export { printGraph, trace } from './trace/index.js';
export type * from './types.js';
