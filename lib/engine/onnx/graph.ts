import type { DType } from '../types.js';

/** Element types of ONNX values. Between nodes only: int64 in their arguments (shapes, axes), int8 in rounded weights. */
export type OnnxType = DType | 'int64' | 'int8';

export type OnnxArray = Float32Array | Int32Array | Uint8Array | BigInt64Array;

/** A number is an integer attribute; a float attribute says so. */
export type Attribute = number | string | readonly number[] | { readonly float: number };
export type Attributes = Readonly<Record<string, Attribute>>;

export interface GraphNode {
  readonly op: string;
  /** '' is the standard operator set. */
  readonly domain: string;
  /** '' stands for an optional argument that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

export interface ValueInfo {
  readonly name: string;
  readonly dtype: OnnxType;
  readonly shape: readonly number[];
}

export interface Initializer extends ValueInfo {
  readonly values: OnnxArray;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Shapes and types of the values between nodes, as far as they are known. */
  readonly values?: readonly ValueInfo[];
}
