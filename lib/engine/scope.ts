import type { HostTensors, TensorSpec } from './types.js';
/** Returns the values under longer names: `prefix` before each. */
export const prefixed = <T>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));

/** Returns the values whose names begin with `prefix`, under the rest of their names. */
export const scoped = <T>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [])),
  );

/** Returns the specs of named tensors, as inputs of a program. */
export const specsOf = (tensors: HostTensors): TensorSpec[] =>
  Object.entries(tensors).map(([name, { shape, dtype }]) => ({ name, shape, dtype }));
