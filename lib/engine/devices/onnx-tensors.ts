import type { Tensor, TensorConstructor } from 'onnxruntime-node';
import { DiffusteerError, inputError } from '../../base/errors.js';
import { emptyArray } from '../arrays.js';
import type { DType, HostTensor, HostTensors, Resident, State, TypedArray } from '../types.js';

/** A session as programs use it. */
export interface OnnxSession {
  run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: Readonly<Record<string, Tensor | null>>,
  ): Promise<Readonly<Record<string, Tensor>>>;
  release(): Promise<void>;
}

/** A build of onnxruntime: that of Node, or one of those for browsers. */
export interface OnnxRuntime {
  readonly Tensor: TensorConstructor;
  /**
   * Whether attention may be one node. With WebGPU on SwiftShader, a GPU in software, that node of onnxruntime 1.30 gives wrong numbers.
   */
  readonly fusesAttention: boolean;
  /**
   * Opens a session for the bytes of a model.
   * @throws DiffusteerError if the runtime has no implementation of a node
   */
  createSession(model: Uint8Array): Promise<OnnxSession>;
}

/** Wraps numbers in an onnxruntime tensor without copying them. */
export const ortTensor = ({ Tensor }: OnnxRuntime, { dtype, data, shape }: HostTensor): Tensor =>
  new Tensor(dtype, data, [...shape]);

const copyOf = ({ dtype, data, shape }: HostTensor): HostTensor => ({ dtype, shape: [...shape], data: data.slice() });

/** Returns the numbers of an onnxruntime tensor on the host without copying them. */
export const fromOrt = (tensor: Tensor): HostTensor => ({
  dtype: tensor.type as DType,
  shape: [...tensor.dims],
  data: tensor.data as TypedArray,
});

export class OnnxResident implements Resident {
  readonly dtype: DType;
  readonly shape: readonly number[];
  #tensor: Tensor | undefined;

  constructor(runtime: OnnxRuntime, tensor: HostTensor) {
    this.dtype = tensor.dtype;
    this.shape = [...tensor.shape];
    this.#tensor = ortTensor(runtime, copyOf(tensor));
  }

  get tensor(): Tensor {
    if (this.#tensor === undefined) throw new DiffusteerError('a resident tensor was used after it was disposed');
    return this.#tensor;
  }

  dispose(): void {
    this.#tensor = undefined;
  }
}

/** Two tensors per name: a run reads one and writes the other, and then they swap, so nothing is copied. */
export class OnnxState implements State {
  readonly names: readonly string[];
  readonly #current: Record<string, Tensor> = {};
  readonly #spare: Record<string, Tensor> = {};

  constructor(runtime: OnnxRuntime, tensors: HostTensors) {
    this.names = Object.keys(tensors);
    for (const [name, tensor] of Object.entries(tensors)) {
      this.#current[name] = ortTensor(runtime, copyOf(tensor));
      this.#spare[name] = ortTensor(runtime, { ...tensor, data: emptyArray(tensor.dtype, tensor.shape) });
    }
  }

  /** Returns the tensors that the next run reads. */
  current(name: string): Tensor | undefined {
    return this.#current[name];
  }

  /** Returns the tensors that the next run writes. */
  spare(name: string): Tensor | undefined {
    return this.#spare[name];
  }

  swap(names: readonly string[]): void {
    for (const name of names) [this.#current[name], this.#spare[name]] = [this.#spare[name]!, this.#current[name]!];
  }

  read(names: readonly string[] = this.names): Promise<Record<string, HostTensor>> {
    const unknown = names.filter((name) => !(name in this.#current));
    if (unknown.length > 0)
      return Promise.reject(inputError('state', `no tensor named ${unknown.join(', ')}; it holds ${this.names.join(', ')}`));
    return Promise.resolve(Object.fromEntries(names.map((name) => [name, copyOf(fromOrt(this.#current[name]!))])));
  }

  dispose(): void {
    for (const name of this.names) {
      delete this.#current[name];
      delete this.#spare[name];
    }
  }
}
