import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { openDevice, tf } from '../../lib/engine/index.js';
import { trace } from '../../lib/engine/trace/trace.js';
import type { GraphFunction, Tensors } from '../../lib/engine/types.js';
import { DiffusteerError } from '../../lib/base/errors.js';

const x = { name: 'x', shape: [2, 3], dtype: 'float32' as const };
const opsOf = (fn: GraphFunction) => trace(fn, [x]).graph.nodes.map(({ op }) => op);

describe('trace', () => {
  it('names a kernel that has no ONNX form, and what to do', () => {
    const resize: GraphFunction = ({ x }) => ({
      y: tf.image.resizeBilinear(tf.reshape(x!, [1, 2, 3, 1]) as Tensor4D, [4, 4]),
    });
    expect(() => trace(resize, [x])).to.throw(
      DiffusteerError,
      /no ONNX form of the tfjs kernel "ResizeBilinear": add it in .*, or write/,
    );
  });

  it('names a kernel that has no gradient, and what to do', () => {
    const fn: GraphFunction = ({ x }) => ({ y: tf.grad((z: Tensor) => tf.sum(tf.topk(z, 2).values))(x!) });
    expect(() => trace(fn, [x])).to.throw(DiffusteerError, /no gradient of the tfjs kernel "TopK": write/);
  });

  it('says that numbers are not known yet if they are read', () => {
    expect(() => trace(({ x }) => ({ y: tf.scalar(x!.dataSync()[0]!) }), [x])).to.throw(
      DiffusteerError,
      /before they are known: use tensor operations/,
    );
  });

  it('refuses a tensor leaked by another compiled function, and nested compilation', () => {
    let leaked: Tensor | undefined;
    trace(({ x }) => ({ y: (leaked = tf.keep(tf.neg(x!))) }), [x]);
    expect(() => trace(({ x }) => ({ y: tf.add(x!, leaked!) }), [x])).to.throw(DiffusteerError, /another/);
    expect(() => trace(({ x: outer }) => (trace(({ x: inner }) => ({ y: inner! }), [x]), { y: outer! }), [x])).to.throw(DiffusteerError, /inside a function that is being compiled/); // prettier-ignore
  });

  it('restores the previous backend, after an error too', () => {
    const before = tf.getBackend();
    trace(({ x }) => ({ y: x! }), [x]);
    expect(() =>
      trace(() => {
        throw new Error('mine');
      }, []),
    ).to.throw('mine');
    expect(tf.getBackend()).to.equal(before);
  });

  it('makes a constant of an outside tensor, which stays usable', async () => {
    const outside = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const device = await openDevice('onnx-cpu');
    const program = await device.compile(({ x }) => ({ y: tf.sub(x!, outside) }), [x]);
    const { y } = await program.run({ x: { dtype: 'float32', shape: [2, 3], data: new Float32Array(6) } });
    expect([...y!.data]).to.deep.equal([-1, -2, -3, -4, -5, -6]);
    expect([...tf.add(outside, 1).dataSync()]).to.deep.equal([2, 3, 4, 5, 6, 7]);
    outside.dispose();
    await device.dispose();
  });

  it('records only what the outputs need, once', () => {
    const ops = opsOf(({ x }) => (tf.exp(x!), { a: tf.square(x!), b: tf.add(tf.square(x!), 1) }));
    expect(ops).to.deep.equal(['Mul', 'Add']);
    const { graph } = trace(({ x }) => ({ y: x! }), [x, { name: 'unused', shape: [9], dtype: 'int32' }]);
    expect(graph.inputs.map(({ name }) => name)).to.deep.equal(['in/x']);
  });

  it('copies to an output only a tensor that already has a name: an input or another output', async () => {
    const fn = ({ x }: Tensors) => {
      const y = tf.exp(x!);
      return { a: y, b: y, c: tf.neg(y), d: x!, e: tf.ones([2, 3]) };
    };
    expect(opsOf(fn).filter((op) => op === 'Identity')).to.have.length(2); // b and d
    const device = await openDevice('onnx-cpu');
    const program = await device.compile(fn, [x]);
    const got = await program.run({ x: { dtype: 'float32', shape: [2, 3], data: new Float32Array(6) } });
    expect(Object.fromEntries(Object.entries(got).map(([name, { data }]) => [name, data[5]]))).to.deep.equal({ a: 1, b: 1, c: -1, d: 0, e: 1 }); // prettier-ignore
    await device.dispose();
  });

  it('keeps fills and the broadcasts of gradients small', () => {
    expect(opsOf(({ x }) => ({ y: tf.mul(x!, tf.ones([2, 3])) }))).to.deep.equal(['Identity']);
    expect(opsOf(({ x }) => ({ y: tf.grad((z: Tensor) => tf.sum(tf.square(z)))(x!) }))).to.not.include.members([
      'Expand',
      'Tile',
    ]);
  });

  it('distinguishes minus zero from zero', async () => {
    const device = await openDevice('onnx-cpu');
    const program = await device.compile(
      ({ x }) => ({ y: tf.div(x!, tf.tensor1d([0, -0, 1])), z: tf.div(x!, tf.tensor1d([-0, 0, 1])) }),
      [x],
    );
    const { y, z } = await program.run({ x: { dtype: 'float32', shape: [2, 3], data: new Float32Array(6).fill(1) } });
    expect([...y!.data.slice(0, 2), ...z!.data.slice(0, 2)]).to.deep.equal([Infinity, -Infinity, -Infinity, Infinity]);
    await device.dispose();
  });
});
