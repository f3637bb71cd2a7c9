import type { BackendValues, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { DiffusteerError } from '../../base/errors.js';
import { tf } from '../tf.js';
import type { DType, TypedArray } from '../types.js';
import type { Recorder } from './recorder.js';
import { TRACE_BACKEND } from './traced.js';
import { filled, type Value, valueOf } from './value.js';

/** The content of a tensor: a value of the graph that is being recorded, or known numbers that become a constant. */
type Entry = ({ readonly value: Value; readonly recorder: Recorder } | { readonly values: BackendValues }) & {
  references: number;
};

/** A tfjs backend that computes nothing: its kernels record ONNX nodes. */
export class TraceBackend extends tf.KernelBackend {
  readonly #data = new tf.DataStorage<Entry>(this, tf.engine());
  #recorder: Recorder | undefined;

  get recorder(): Recorder {
    if (this.#recorder === undefined) throw new DiffusteerError('the trace backend works only inside trace()');
    return this.#recorder;
  }

  /** Calls `body` while `recorder` collects the nodes. */
  recording<T>(recorder: Recorder, body: () => T): T {
    if (this.#recorder !== undefined) throw new DiffusteerError('compile was called inside a function that is being compiled');
    const before = tf.getBackend();
    void tf.setBackend(TRACE_BACKEND); // synchronous, since the factory is
    this.#recorder = recorder;
    try {
      return body();
    } finally {
      this.#recorder = undefined;
      void tf.setBackend(before);
    }
  }

  /** Returns the graph's value of a tensor. A tensor that was made outside of the traced function becomes a constant. */
  look(tensor: TensorInfo): Value {
    const entry = this.#data.get(tensor.dataId);
    const shape = tensor.shape;
    if ('values' in entry) return this.#constant(entry.values as TypedArray, shape, dtypeOf(tensor));
    if (entry.recorder !== this.recorder)
      throw new DiffusteerError('a tensor of one compiled function was used inside another one');
    return entry.value;
  }

  tensorInfo(value: Value): TensorInfo {
    const dataId = {};
    this.#data.set(dataId, { value, recorder: this.recorder, references: 1 });
    return { dataId, shape: [...value.shape], dtype: value.dtype };
  }

  #constant(values: TypedArray, shape: readonly number[], dtype: DType): Value {
    if (values.length > 0 && values.every((value) => value === values[0])) return filled(this.recorder, values[0]!, dtype, shape);
    return valueOf(this.recorder, this.recorder.constant(values, shape, dtype), shape, dtype);
  }

  override write(values: BackendValues): object {
    const dataId = {};
    this.#data.set(dataId, { values, references: 1 });
    return dataId;
  }

  override move(dataId: object, values: BackendValues, _shape: number[], _dtype: DataType, references: number): void {
    this.#data.set(dataId, { values, references });
  }

  override readSync(dataId: object): BackendValues {
    const entry = this.#data.get(dataId);
    if ('values' in entry) return entry.values;
    throw new DiffusteerError(
      'the numbers of a tensor were read (dataSync, arraySync, print) inside a function that is being compiled, before they are known: use tensor operations such as tf.where instead',
    );
  }

  override read(dataId: object): Promise<BackendValues> {
    return Promise.resolve(this.readSync(dataId));
  }

  override refCount(dataId: object): number {
    return this.#data.has(dataId) ? this.#data.get(dataId).references : 0;
  }

  override incRef(dataId: object): void {
    this.#data.get(dataId).references++;
  }

  override disposeData(dataId: object, force = false): boolean {
    if (!this.#data.has(dataId)) return true;
    const entry = this.#data.get(dataId);
    entry.references--;
    if (!force && entry.references > 0) return false;
    this.#data.delete(dataId);
    return true;
  }

  override numDataIds(): number {
    return this.#data.numDataIds();
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override timerAvailable(): boolean {
    return false;
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }
}

function dtypeOf({ dtype }: TensorInfo): DType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new DiffusteerError(`a tensor of type ${dtype} cannot be compiled: use float32, int32 or bool`);
}

export const traceBackend = new TraceBackend();
tf.registerBackend(TRACE_BACKEND, () => traceBackend, 0);
