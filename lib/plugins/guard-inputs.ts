import type { Tensor } from '@tensorflow/tfjs-core';
import type { DType, HostTensors } from '../engine/types.js';
import { breach, type Party } from '../guide/breach.js';
import { shown } from './exports.js';

const ARRAYS: Readonly<Record<DType, new (size: number) => object>> = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
};

/**
 * What keeps a value from being named tensors { dtype, shape, data }.
 *
 * @param rows the size of their first axis; undefined where any shape will do
 */
export function inputProblems(found: unknown, rows: number | undefined): string[] {
  if (typeof found !== 'object' || found === null) return [`expected tensors by name, got ${shown(found)}`];
  return Object.entries(found).flatMap(([name, tensor]) => {
    const problem = tensorProblem(tensor, rows);
    return problem === undefined ? [] : [`"${name}": ${problem}`];
  });
}

function tensorProblem(tensor: unknown, rows: number | undefined): string | undefined {
  if (typeof tensor !== 'object' || tensor === null) return `expected { dtype, shape, data }, got ${shown(tensor)}`;
  const { dtype, shape, data } = tensor as Readonly<Record<string, unknown>>;
  if (typeof dtype !== 'string' || !(dtype in ARRAYS)) return `expected the dtype float32, int32 or bool, got ${shown(dtype)}`;
  if (!isShape(shape)) return `expected a shape of whole numbers, got ${shown(shape)}`;
  if (rows !== undefined && shape[0] !== rows) return `expected ${rows} rows first, got shape [${shape}]`;
  const wanted = ARRAYS[dtype as DType];
  if (!(data instanceof wanted)) return `expected the data of ${dtype} in a ${wanted.name}`;
  const size = shape.reduce((a, b) => a * b, 1);
  const { length } = data as unknown as ArrayLike<number>;
  if (length !== size) return `expected ${size} numbers for shape [${shape}], got ${length}`;
  return dtype === 'float32' && (data as Float32Array).some(Number.isNaN) ? 'expected numbers, got NaN' : undefined;
}

const isShape = (shape: unknown): shape is readonly number[] =>
  Array.isArray(shape) && shape.every((size) => Number.isInteger(size) && (size as number) >= 0);

/** Names, types and shapes of inputs without their rows: "tags int32 [48], on float32 []". */
export function inputSignature(inputs: HostTensors): string {
  const each = Object.entries(inputs).map(([name, { dtype, shape }]) => `${name} ${dtype} [${shape.slice(1)}]`);
  return each.length === 0 ? 'none' : each.sort().join(', ');
}

/** A tensor that has the shape it should have. Errors: an InputError that names the point of the contract, where it has not. */
export function ofShape(found: unknown, shape: readonly number[], point: string, what: string, party: Party): Tensor {
  if (!isTensor(found))
    throw breach(party, point, `must return ${what}: expected a tensor of shape [${shape}], got ${shown(found)}`);
  if (`${found.shape}` === `${shape}`) return found;
  throw breach(party, point, `must return ${what}: expected shape [${shape}], got [${found.shape}]`);
}

const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'dataId' in value && 'shape' in value;
