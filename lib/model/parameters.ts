import type { HostTensor } from '../engine/types.js';
import { normal, split, type Key } from '../base/random.js';
import type { ParamSpec } from './types.js';

/** Returns the initial values of the parameters. Each has its own random key, so that adding one does not change the others. */
export function initialParameters(specs: readonly ParamSpec[], key: Key): Record<string, HostTensor> {
  return Object.fromEntries(specs.map((spec) => [spec.name, initialValue(spec, split(key, spec.name))]));
}

function initialValue({ shape, init }: ParamSpec, key: Key): HostTensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return { dtype: 'float32', shape, data: initialData(init, size, key) };
}

function initialData(init: ParamSpec['init'], size: number, key: Key): Float32Array {
  if (init === 'zeros') return new Float32Array(size);
  if (init === 'ones') return new Float32Array(size).fill(1);
  if ('values' in init) return init.values.slice();
  return normal(key, size).map((value) => value * init.normal);
}
