import './gradients/index.js';
export { listDevices, type DeviceReport } from './devices/list.js';
export { deviceNames, openDevice, precisionObstacle, type DeviceOptions } from './devices/open.js';
export { attention, gelu, layerNorm } from './ops.js';
export { product } from './product.js';
export { prefixed, scoped } from './scope.js';
export { tf } from './tf.js';
export type * from './types.js';
