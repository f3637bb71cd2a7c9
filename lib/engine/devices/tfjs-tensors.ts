import type { Tensor } from '@tensorflow/tfjs-core';
import { DiffusteerError, inputError } from '../../base/errors.js';
import { tf } from '../tf.js';
import type { DType, HostTensor, HostTensors, Resident, State, TypedArray } from '../types.js';

/** Calls a function while a given tfjs backend is the current one. */
export type OnBackend = <T>(body: () => T) => T;

/** Calls `tf.tidy` without its search for tensors in the result, which would walk every number of it. */
export function tidied<T>(body: () => T): T {
  let result: T | undefined;
  tf.tidy(() => {
    result = body();
  });
  return result as T;
}

/** Copies numbers to a tensor on the current backend. */
export const tensorOf = ({ data, shape, dtype }: HostTensor): Tensor => tf.tensor(data.slice(), [...shape], dtype);

/** Does the same for a tensor that lives until it is disposed. */
export const keptTensor = (tensor: HostTensor): Tensor => tf.keep(tensorOf(tensor));

export const keptTensors = (tensors: HostTensors): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, keptTensor(tensor)]));

export const fromTfjs = (tensor: Tensor): HostTensor => ({
  dtype: tensor.dtype as DType,
  shape: [...tensor.shape],
  data: (tensor.dataSync() as TypedArray).slice(),
});

export class TfjsResident implements Resident {
  readonly dtype: DType;
  readonly shape: readonly number[];

  readonly #tensor: Tensor;

  constructor(
    tensor: Tensor,
    readonly owner: OnBackend,
  ) {
    this.dtype = tensor.dtype as DType;
    this.shape = [...tensor.shape];
    this.#tensor = tensor;
  }

  get tensor(): Tensor {
    if (this.#tensor.isDisposed) throw new DiffusteerError('a resident tensor was used after it was disposed');
    return this.#tensor;
  }

  dispose(): void {
    this.#tensor.dispose();
  }
}

export class TfjsState implements State {
  readonly names: readonly string[];
  readonly #tensors: Record<string, Tensor>;

  constructor(
    tensors: Record<string, Tensor>,
    readonly owner: OnBackend,
  ) {
    this.names = Object.keys(tensors);
    this.#tensors = { ...tensors };
  }

  tensor(name: string): Tensor {
    const tensor = this.#tensors[name]!;
    if (tensor.isDisposed) throw new DiffusteerError('a state was used after it was disposed');
    return tensor;
  }

  specs(): Record<string, { dtype: DType; shape: readonly number[] }> {
    return Object.fromEntries(
      Object.entries(this.#tensors).map(([name, { dtype, shape }]) => [name, { dtype: dtype as DType, shape }]),
    );
  }

  replace(name: string, tensor: Tensor): void {
    const next = tf.keep(tensor.clone());
    this.#tensors[name]!.dispose();
    this.#tensors[name] = next;
  }

  read(names: readonly string[] = this.names): Promise<Record<string, HostTensor>> {
    const unknown = names.filter((name) => !(name in this.#tensors));
    if (unknown.length > 0)
      return Promise.reject(inputError('state', `no tensor named ${unknown.join(', ')}; it holds ${this.names.join(', ')}`));
    return Promise.resolve(this.owner(() => Object.fromEntries(names.map((name) => [name, fromTfjs(this.tensor(name))]))));
  }

  dispose(): void {
    for (const tensor of Object.values(this.#tensors)) tensor.dispose();
  }
}
