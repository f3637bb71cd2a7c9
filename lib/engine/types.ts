import type { Tensor } from '@tensorflow/tfjs-core';

export type DType = 'float32' | 'int32' | 'bool';
export type TypedArray = Float32Array | Int32Array | Uint8Array;

/** A tensor in the memory of this process, row-major. `bool` takes a byte per element, 0 or 1. */
export interface HostTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

export interface TensorSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** Default: float32. */
  readonly dtype?: DType;
}

export type Tensors = Readonly<Record<string, Tensor>>;
export type HostTensors = Readonly<Record<string, HostTensor>>;

/** A function to compile: a pure function of named tensors, written in plain tfjs operations. */
export type GraphFunction = (inputs: Tensors) => Tensors;

/** A tensor that stays on a device, so that programs read it without copying. */
export interface Resident {
  readonly dtype: DType;
  readonly shape: readonly number[];
  dispose(): void;
}

/**
 * Tensors that a program replaces in place: parameters and optimizer state. A program that runs with a state reads its tensors as
 * the inputs of the same names, and its outputs of those names become the state's next value.
 */
export interface State {
  readonly names: readonly string[];
  /** Copies of the named tensors, by default of all. */
  read(names?: readonly string[]): Promise<Record<string, HostTensor>>;
  dispose(): void;
}

export interface RunOptions {
  /** The state that this run reads; tensors that have outputs of the same names are replaced. */
  readonly state?: State;
  /** The outputs to fetch; by default all that are not in `state`. */
  readonly fetch?: readonly string[];
}

export interface Program {
  readonly inputs: readonly Required<TensorSpec>[];
  readonly outputs: readonly Required<TensorSpec>[];
  /** @throws InputError that names an input that is missing, unknown or of another shape or type */
  run(feeds: Readonly<Record<string, HostTensor | Resident>>, options?: RunOptions): Promise<Record<string, HostTensor>>;
  dispose(): Promise<void>;
}

/** `web` is onnxruntime-web, in browsers only; configs name the others. */
export type DeviceName = 'onnx-cpu' | 'onnx-webgpu' | 'tfjs-node-gpu' | 'tfjs-wasm' | 'tfjs-cpu' | 'web';

/** In what a device multiplies by the weights of large layers, see `product`. All else is float32. */
export type Precision = 'float32' | 'int8';

export interface Device {
  readonly name: DeviceName;
  readonly threads: number;
  readonly precision: Precision;
  /**
   * Makes a program of `fn` for inputs of these shapes. Compiling the same function again with the same shapes and the same
   * constants gives the same program at once. `constants` are further inputs whose values are laid out in the program once.
   */
  compile(fn: GraphFunction, inputs: readonly TensorSpec[], constants?: HostTensors): Promise<Program>;
  /** Copies a tensor to the device. */
  put(tensor: HostTensor): Resident;
  state(tensors: HostTensors): State;
  /** Ends every program, resident tensor and state of this device. */
  dispose(): Promise<void>;
}
