/** The ONNX file format. Takes a graph of nodes and constants; gives its bytes; knows nothing of tfjs and onnxruntime. */
export { elementType, encodeModel } from './encode.js';
export type { Attributes, Graph, GraphNode, Initializer, OnnxArray, OnnxType, ValueInfo } from './graph.js';
export { inputName, outputName } from './names.js';
