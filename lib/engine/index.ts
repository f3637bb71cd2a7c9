import { registerGradients } from './gradients/index.js';

export { type DeviceReport, listDevices } from './devices/list.js';
export { deviceNames, type DeviceOptions, openDevice } from './devices/open.js';
export { attention, gelu, layerNorm } from './ops.js';
export { weightProduct } from './product.js';
export { prefixed, scoped } from './scope.js';
export { tf } from './tf.js';
export type * from './types.js';

registerGradients();
