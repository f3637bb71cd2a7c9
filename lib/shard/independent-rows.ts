import type { Device } from '../engine/types.js';

/** Devices on which a row does not depend on the others of its batch. */
const SHARING: readonly Device['name'][] = ['onnx-cpu', 'tfjs-cpu', 'web'];

/**
 * Returns whether a row of a batch on a device is the same whatever the others are. In int8 one scale rounds all rows, and a GPU may sum in
 * another order in larger batches.
 */
export const hasIndependentRows = ({ precision, name }: Pick<Device, 'precision' | 'name'>): boolean =>
  precision === 'float32' && SHARING.includes(name);
