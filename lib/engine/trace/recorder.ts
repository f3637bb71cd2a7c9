import { arrayOf } from '../arrays.js';
import type { Attributes, Graph, GraphNode, Initializer, OnnxArray, OnnxType, ValueInfo } from '../onnx/index.js';
import { elementType } from '../onnx/index.js';
import type { Shape } from '../shapes.js';
import type { DType, Precision } from '../types.js';

const SMALL = 16; // elements: constants up to this size are compared by content

/** How operations are recorded that have several forms. */
export interface GraphOptions {
  /** Of products with the weights of large layers. Default: float32. */
  readonly precision?: Precision;
  /** Whether attention without a gradient is one node. Default: true. */
  readonly fusesAttention?: boolean;
}

/** Collects the nodes and constants of one graph. The same node on the same inputs is recorded once. */
export class Recorder {
  readonly #nodes: GraphNode[] = [];
  readonly #initializers: Initializer[] = [];
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  readonly #nodeOf = new Map<string, readonly string[]>();
  readonly #smallConstants = new Map<string, string>();
  readonly #largeConstants = new Map<OnnxArray, Map<string, string>>();
  readonly #described = new Map<string, ValueInfo>();
  #count = 0;

  readonly precision: Precision;
  readonly fusesAttention: boolean;

  constructor({ precision = 'float32', fusesAttention = true }: GraphOptions = {}) {
    this.precision = precision;
    this.fusesAttention = fusesAttention;
  }

  /** Records a node with one output and returns the output's name. */
  emit(op: string, inputs: readonly string[], attributes: Attributes = {}, domain = ''): string {
    return this.emitMany(op, inputs, 1, attributes, domain)[0]!;
  }

  emitMany(
    op: string,
    inputs: readonly string[],
    outputCount: number,
    attributes: Attributes = {},
    domain = '',
  ): readonly string[] {
    const key = `${domain}/${op}/${outputCount}|${inputs}|${JSON.stringify(attributes)}`;
    let outputs = this.#nodeOf.get(key);
    if (outputs === undefined) {
      outputs = Array.from({ length: outputCount }, () => `v${this.#count++}`);
      this.#nodes.push({ op, domain, inputs, outputs, attributes });
      this.#nodeOf.set(key, outputs);
    }
    return outputs;
  }

  cast(name: string, dtype: OnnxType): string {
    const output = this.emit('Cast', [name], { to: elementType(dtype) });
    const known = this.#described.get(name);
    if (known) this.describe({ name: output, shape: known.shape, dtype });
    return output;
  }

  reshape(name: string, shape: Shape): string {
    const output = this.emit('Reshape', [name, this.ints(shape)], shape.includes(0) ? { allowzero: 1 } : {});
    const known = this.#described.get(name);
    if (known) this.describe({ name: output, shape, dtype: known.dtype });
    return output;
  }

  /** Notes the shape and type of a value, for printing. */
  describe(info: ValueInfo): void {
    this.#described.set(info.name, info);
  }

  constant(values: OnnxArray, shape: Shape, dtype: OnnxType): string {
    const known = values.length <= SMALL ? this.#smallConstants : this.#knownConstants(values);
    const content = values.length <= SMALL ? new Uint8Array(values.buffer, values.byteOffset, values.byteLength).join() : '';
    const key = `${dtype}|${shape}|${content}`;
    let name = known.get(key);
    if (name === undefined) {
      name = `c${this.#count++}`;
      this.#initializers.push({ name, shape, dtype, values });
      known.set(key, name);
    }
    return name;
  }

  /** Returns a list of integers: the shape, axes or bounds that a node takes as an input. */
  ints(list: readonly number[]): string {
    return this.constant(BigInt64Array.from(list, BigInt), [list.length], 'int64');
  }

  scalar(value: number, dtype: DType): string {
    return this.constant(arrayOf(dtype, [value]), [], dtype);
  }

  input(info: ValueInfo): void {
    this.#inputs.push(info);
  }

  output(info: ValueInfo, value: string): void {
    this.#nodes.push({ op: 'Identity', domain: '', inputs: [value], outputs: [info.name], attributes: {} });
    this.#outputs.push(info);
  }

  /** Returns the graph of all that the outputs depend on. */
  finish(): Graph {
    const live = new Set(this.#outputs.map(({ name }) => name));
    const nodes: GraphNode[] = [];
    for (const node of outputsInPlace(this.#nodes, new Set(live)).reverse()) {
      if (!node.outputs.some((name) => live.has(name))) continue;
      for (const name of node.inputs) live.add(name);
      nodes.push(node);
    }
    return {
      nodes: nodes.reverse(),
      initializers: this.#initializers.filter(({ name }) => live.has(name)),
      inputs: this.#inputs.filter(({ name }) => live.has(name)),
      outputs: this.#outputs,
      values: [...this.#described.values()].filter(({ name }) => live.has(name)),
    };
  }

  /** Returns the names of a large constant by type and shape: large ones are compared by identity. */
  #knownConstants(values: OnnxArray): Map<string, string> {
    const known = this.#largeConstants.get(values) ?? new Map<string, string>();
    this.#largeConstants.set(values, known);
    return known;
  }
}

/** Gives a value that becomes an output of the graph the output's name from the start, so that no node has to copy it. */
function outputsInPlace(nodes: readonly GraphNode[], outputs: ReadonlySet<string>): GraphNode[] {
  const computed = new Set(nodes.flatMap((node) => node.outputs)); // inputs and constants keep their names
  const renamed = new Map<string, string>();
  const isCopy = ({ op, inputs: [from], outputs: [to] }: GraphNode): boolean => {
    if (op !== 'Identity' || !outputs.has(to!) || !computed.has(from!) || renamed.has(from!)) return false;
    renamed.set(from!, to!);
    return true;
  };
  const kept = nodes.filter((node) => !isCopy(node));
  const now = (name: string) => renamed.get(name) ?? name;
  return kept.map((node) => ({ ...node, inputs: node.inputs.map(now), outputs: node.outputs.map(now) }));
}
