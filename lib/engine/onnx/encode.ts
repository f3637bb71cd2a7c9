import type { Attribute, Graph, GraphNode, Initializer, OnnxType, ValueInfo } from './graph.js';
import { ProtobufWriter } from './protobuf.js';

// Field numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
const IR_VERSION = 8;
const OPSET = 18;
const ELEMENT_TYPE: Record<OnnxType, number> = { float32: 1, int8: 3, int32: 6, int64: 7, bool: 9 };

/** Returns the number by which ONNX attributes (the `to` of Cast) name an element type. */
export const elementType = (dtype: OnnxType): number => ELEMENT_TYPE[dtype];

/** Returns the bytes of an ONNX ModelProto. */
export function encodeModel(graph: Graph): Uint8Array {
  const body = new ProtobufWriter();
  graph.nodes.forEach((node, i) => body.message(1, nodeProto(node, i)));
  body.string(2, 'traced');
  for (const initializer of graph.initializers) body.message(5, tensorProto(initializer));
  for (const input of graph.inputs) body.message(11, valueInfoProto(input));
  for (const output of graph.outputs) body.message(12, valueInfoProto(output));
  return new ProtobufWriter()
    .int(1, IR_VERSION)
    .string(2, 'diffusteer')
    .message(7, body)
    .message(8, operatorSet('', OPSET))
    .message(8, operatorSet('com.microsoft', 1))
    .finish();
}

const operatorSet = (domain: string, version: number) => new ProtobufWriter().string(1, domain).int(2, version);

function nodeProto(node: GraphNode, index: number): ProtobufWriter {
  const proto = new ProtobufWriter();
  for (const name of node.inputs) proto.string(1, name);
  for (const name of node.outputs) proto.string(2, name);
  proto.string(3, `n${index}`).string(4, node.op);
  for (const [name, value] of Object.entries(node.attributes)) proto.message(5, attributeProto(name, value));
  return proto.string(7, node.domain);
}

function attributeProto(name: string, value: Attribute): ProtobufWriter {
  const proto = new ProtobufWriter().string(1, name);
  if (typeof value === 'number') return proto.int(3, value).int(20, 2);
  if (typeof value === 'string') return proto.string(4, value).int(20, 3);
  if ('float' in value) return proto.float(2, value.float).int(20, 1);
  for (const int of value) proto.int(8, int);
  return proto.int(20, 7);
}

function tensorProto({ name, dtype, shape, values }: Initializer): ProtobufWriter {
  const proto = new ProtobufWriter();
  for (const dim of shape) proto.int(1, dim);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return proto.int(2, ELEMENT_TYPE[dtype]).string(8, name).bytes(9, bytes);
}

function valueInfoProto({ name, dtype, shape }: ValueInfo): ProtobufWriter {
  const dims = new ProtobufWriter();
  for (const dim of shape) dims.message(1, new ProtobufWriter().int(1, dim));
  const tensor = new ProtobufWriter().int(1, ELEMENT_TYPE[dtype]).message(2, dims);
  return new ProtobufWriter().string(1, name).message(2, new ProtobufWriter().message(1, tensor));
}
