import { expect } from 'chai';
import { openDevice, printGraph, printingDevice, tf, trace } from '../../lib/engine/index.js';
import type { GraphFunction, HostTensor, TensorSpec } from '../../lib/engine/types.js';

const weights: HostTensor = { dtype: 'float32', shape: [3, 4], data: Float32Array.from({ length: 12 }, (_, i) => i) };
const inputs: Required<TensorSpec>[] = [{ name: 'x', shape: [2, 3], dtype: 'float32' }];

/** A layer with a second output that passes through a node with two results. */
const layer: GraphFunction = ({ x, 'layer/w': w }) => {
  const y = tf.softmax(tf.add(tf.matMul(x!, w!), 0.5));
  return { y, largest: tf.topk(y, 2).values };
};

const LINES = `
inputs:
  x  float32[2,3]
constants:
  layer/w  float32[3,4]
nodes:
  %0 = MatMul(x, layer/w)                    float32[2,4]
  %1 = Add(%0, 0.5)                          float32[2,4]
  %2 = Softmax(%1, axis=1)                   float32[2,4]
  %3, %4 = TopK(%2, [2], axis=-1, sorted=1)  float32[2,2], ?
outputs:
  y = %2        float32[2,4]
  largest = %3  float32[2,2]
4 operations:
  Add      1
  MatMul   1
  Softmax  1
  TopK     1`.slice(1);

describe('printGraph', () => {
  it('prints inputs, constants, nodes with shapes, outputs and a count by operation', () => {
    const constants = { 'layer/w': weights };
    expect(printGraph(trace(layer, inputs, constants).graph, constants)).to.equal(LINES);
  });

  it('numbers unnamed constants, and prints small ones inline', () => {
    const lines = printGraph(trace(({ x }) => ({ y: tf.gather(tf.matMul(x!, tf.tensor2d(weights.data, [3, 4])), [1, 0]) }), inputs).graph).split('\n'); // prettier-ignore
    expect(lines).to.include('  constant0  float32[3,4]');
    expect(lines.find((line) => line.includes('Gather'))).to.match(/%1 = Gather\(%0, \[1, 0\], axis=0\) +float32\[2,4\]/);
  });

  it('prints each function that a device compiles', async () => {
    const texts: string[] = [];
    const device = printingDevice(await openDevice('onnx-cpu', { threads: 1 }), (text) => texts.push(text));
    const program = await device.compile(layer, inputs, { 'layer/w': weights });
    expect(texts).to.deep.equal([LINES]);
    expect(program.outputs.map(({ name }) => name)).to.deep.equal(['y', 'largest']);
    await device.dispose();
  });
});
