import type { Attribute, Graph, GraphNode, Initializer, ValueInfo } from '../onnx/graph.js';
import { inputName, outputName } from '../onnx/names.js';
import { sizeOf } from '../shapes.js';
import type { HostTensors } from '../types.js';

const INLINE = 8; // elements: constants up to this size are printed where they are used

/**
 * Prints a traced graph: its inputs and constants, the nodes in order, the outputs, and how often each operation occurs.
 *
 * @param constants that the graph was traced with, to print their names
 */
export function printGraph(graph: Graph, constants: HostTensors = {}): string {
  const names = namesOf(graph, constants);
  const types = new Map([...graph.inputs, ...graph.outputs, ...graph.initializers, ...(graph.values ?? [])].map((info) => [info.name, info])); // prettier-ignore
  const named = ({ name }: ValueInfo): string => names.get(name) ?? name;
  const listed = graph.initializers.filter(({ values }) => values.length > INLINE);
  return [
    ...section('inputs', table(graph.inputs.map((info) => [named(info), typeOf(info)]))),
    ...section('constants', table(listed.map((info) => [named(info), typeOf(info)]))),
    ...section('nodes', table(graph.nodes.map((node) => nodeLine(node, names, types)))),
    ...section('outputs', table(graph.outputs.map((info) => [`${info.name.slice(outputName('').length)} = ${named(info)}`, typeOf(info)]))), // prettier-ignore
    ...section(`${graph.nodes.length} operations`, table(countsOf(graph.nodes))),
  ].join('\n');
}

/** Returns the displayed name of each value: inputs and constants by name, results by number, small constants by their content. */
function namesOf({ inputs, initializers, nodes }: Graph, constants: HostTensors): Map<string, string> {
  const names = new Map(inputs.map(({ name }) => [name, name.slice(inputName('').length)]));
  const known = new Map<unknown, string>(Object.entries(constants).map(([name, { data }]) => [data, name]));
  let unnamed = 0;
  for (const constant of initializers) {
    const name = constant.values.length <= INLINE ? literal(constant) : (known.get(constant.values) ?? `constant${unnamed++}`);
    names.set(constant.name, name);
  }
  nodes.flatMap(({ outputs }) => outputs).forEach((name, i) => names.set(name, `%${i}`));
  return names;
}

function literal({ shape, values }: Initializer): string {
  const numbers = Array.from(values as Iterable<number | bigint>, (value) => `${typeof value === 'number' ? Number(value.toPrecision(7)) : value}`); // prettier-ignore
  return shape.length === 0 || (numbers.length === 1 && sizeOf(shape) === 1 && shape.length > 1)
    ? numbers[0]!
    : `[${numbers.join(', ')}]`;
}

function nodeLine(
  { op, inputs, outputs, attributes }: GraphNode,
  names: ReadonlyMap<string, string>,
  types: ReadonlyMap<string, ValueInfo>,
): [string, string] {
  const called = (name: string) => (name === '' ? '_' : (names.get(name) ?? name));
  const settings = Object.entries(attributes).map(([name, value]) => `${name}=${attributeText(value)}`);
  const known = outputs.map((name) => (types.has(name) ? typeOf(types.get(name)!) : '?'));
  return [`${outputs.map(called).join(', ')} = ${op}(${[...inputs.map(called), ...settings].join(', ')})`, known.join(', ')];
}

function attributeText(value: Attribute): string {
  if (typeof value !== 'object') return `${value}`;
  return 'float' in value ? `${value.float}` : `[${value.join(', ')}]`;
}

function countsOf(nodes: readonly GraphNode[]): [string, string][] {
  const counts = new Map<string, number>();
  for (const { op } of nodes) counts.set(op, (counts.get(op) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([op, count]) => [op, `${count}`]);
}

const typeOf = ({ dtype, shape }: Pick<ValueInfo, 'dtype' | 'shape'>): string => `${dtype}[${shape.join(',')}]`;

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`.trimEnd())];

/** Aligns the second column, up to a width that keeps short lines short. */
function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(60, Math.max(0, ...rows.map(([left]) => left.length)));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`);
}
