/** Where programs run. Takes graphs and feeds; gives tensors, on a device that is opened by name; knows nothing of models and texts. */
export { type DeviceReport, listDevices } from './list.js';
export { deviceNames, type DeviceOptions, openDevice } from './open.js';
export { printingDevice } from './printing.js';
