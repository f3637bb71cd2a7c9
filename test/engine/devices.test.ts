import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { listDevices, openDevice, tf, type DeviceOptions } from '../../lib/engine/index.js';
import type { Device, DeviceName, GraphFunction, HostTensor, TensorSpec } from '../../lib/engine/types.js';
import { InputError } from '../../lib/base/errors.js';
import { initialState, trainFeeds, trainInputs, trainStep } from './small-model.js';

const floats = (shape: number[], ...data: number[]): HostTensor => ({ dtype: 'float32', shape, data: Float32Array.from(data) });
const pair: TensorSpec[] = [
  { name: 'x', shape: [2] },
  { name: 'w', shape: [2] },
];
const multiply: GraphFunction = ({ x, w }) => ({ product: tf.mul(x!, w!), sum: tf.add(x!, w!) });

async function failure(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => expect.fail('expected an error'),
    (error: unknown) => error as Error,
  );
}

for (const name of ['onnx-cpu', 'tfjs-cpu', 'tfjs-wasm'] as const) {
  describe(`the device ${name}`, () => {
    let device: Device;
    before(async () => void (device = await openDevice(name, { threads: 2 })));
    after(() => device.dispose());

    it('returns the requested outputs', async () => {
      const program = await device.compile(multiply, pair);
      const feeds = { x: floats([2], 2, 3), w: floats([2], 4, 5) };
      const all = await program.run(feeds);
      expect(all).to.have.all.keys('product', 'sum');
      expect([...all['product']!.data]).to.deep.equal([8, 15]);
      expect(await program.run(feeds, { fetch: ['sum'] })).to.deep.equal({ sum: floats([2], 6, 8) });
      expect(program.outputs.map((output) => output.name)).to.deep.equal(['product', 'sum']);
    });

    it('accepts inputs that the function never uses', async () => {
      const program = await device.compile(({ x }) => ({ y: tf.square(x!) }), pair);
      const { y } = await program.run({ x: floats([2], 2, 3), w: floats([2], 0, 0) });
      expect([...y!.data]).to.deep.equal([4, 9]);
    });

    it('gives outputs that depend on no input', async () => {
      const program = await device.compile(({ x }) => ({ x: x!, one: tf.onesLike(x!) }), [pair[0]!]);
      const { x, one } = await program.run({ x: floats([2], 2, 3) });
      expect([[...x!.data], [...one!.data]]).to.deep.equal([[2, 3], [1, 1]]); // prettier-ignore
    });

    it('names all inputs that do not fit, in one error', async () => {
      const program = await device.compile(multiply, pair);
      const error = await failure(program.run({ x: floats([3], 1, 2, 3), y: floats([2], 0, 0) }));
      expect(error).to.be.instanceOf(InputError);
      expect((error as Error & Pick<InputError, 'problems'>).problems).to.deep.equal([
        { path: 'x', message: 'expected float32 [2], got float32 [3]' },
        { path: 'w', message: 'expected float32 [2], got nothing' },
        { path: 'y', message: 'unknown input; expected x, w' },
      ]);
      const unknown = await failure(program.run({ x: floats([2], 1, 2), w: floats([2], 1, 2) }, { fetch: ['z'] }));
      expect(unknown.message).to.include('z: no such output; expected one of product, sum');
      expect((await failure(program.run({ x: floats([2], 1), w: floats([2], 1, 2) }))).message).to.include('expected 2 numbers');
    });

    it('accepts constants in place of inputs', async () => {
      const w = floats([2], 4, 5);
      const program = await device.compile(multiply, [pair[0]!], { w });
      expect(program.inputs.map((input) => input.name)).to.deep.equal(['x']);
      expect([...(await program.run({ x: floats([2], 2, 3) }))['product']!.data]).to.deep.equal([8, 15]);
    });

    it('compiles the same function once for the same shapes and constants', async () => {
      const constants = { w: floats([2], 4, 5) };
      const first = await device.compile(multiply, [pair[0]!], constants);
      expect(await device.compile(multiply, [{ name: 'x', shape: [2], dtype: 'float32' }], constants)).to.equal(first);
      expect(await device.compile(multiply, [pair[0]!], { ...constants })).to.not.equal(first);
      expect(await device.compile(multiply, [{ name: 'x', shape: [1] }], constants)).to.not.equal(first);
      await first.dispose();
      expect(await device.compile(multiply, [pair[0]!], constants)).to.not.equal(first);
    });

    it('keeps a resident tensor between runs, independent of its source array', async () => {
      const program = await device.compile(multiply, pair);
      const source = floats([2], 4, 5);
      const w = device.put(source);
      source.data.fill(0);
      for (const x of [1, 2]) {
        const { product } = await program.run({ x: floats([2], x, x), w });
        expect([...product!.data]).to.deep.equal([4 * x, 5 * x]);
      }
      w.dispose();
      expect((await failure(program.run({ x: floats([2], 1, 1), w }))).message).to.match(/disposed/);
    });

    it('replaces the state tensors that the program returns, and keeps the others', async () => {
      const state = device.state({ a: floats([2], 1, 2), b: floats([2], 10, 20) });
      const names = ['a', 'b', 'x'].map((input) => ({ name: input, shape: [2] }));
      const program = await device.compile(({ a, b, x }) => ({ a: tf.add(a!, tf.mul(b!, x!)), total: tf.sum(a!) }), names);
      for (const total of [3, 33, 63])
        expect([...(await program.run({ x: floats([2], 1, 1) }, { state }))['total']!.data]).to.deep.equal([total]);
      expect(await state.read()).to.deep.equal({ a: floats([2], 31, 62), b: floats([2], 10, 20) });
      const fetched = await program.run({ x: floats([2], 0, 0) }, { state, fetch: ['a'] });
      expect(fetched).to.deep.equal({ a: floats([2], 31, 62) });
      await program.run({ x: floats([2], 1, 1) }, { state, fetch: [] });
      expect([...fetched['a']!.data], 'fetched tensors are kept').to.deep.equal([31, 62]);
      expect(await state.read(['a'])).to.deep.equal({ a: floats([2], 41, 82) });
      expect((await failure(state.read(['c']))).message).to.include('no tensor named c');
    });

    it('runs concurrent calls one after another', async () => {
      const state = device.state({ a: floats([2], 0, 0) });
      const program = await device.compile(({ a }) => ({ a: tf.add(a!, 1), seen: a! }), [{ name: 'a', shape: [2] }]);
      const runs = await Promise.all([1, 2, 3].map(() => program.run({}, { state })));
      expect(runs.map(({ seen }) => seen!.data[0])).to.deep.equal([0, 1, 2]);
    });

    it('refuses a state whose shapes the program would change', async () => {
      const state = device.state({ a: floats([2], 1, 2) });
      const program = await device.compile(({ a }) => ({ a: tf.sum(a!) }), [{ name: 'a', shape: [2] }]);
      expect((await failure(program.run({}, { state }))).message).to.include(
        'the state holds float32 [2], the program gives float32 []',
      );
    });

    it('refuses tensors of another device', async () => {
      const other = await openDevice(name === 'tfjs-cpu' ? 'onnx-cpu' : 'tfjs-cpu');
      const program = await device.compile(multiply, pair);
      const feeds = { x: floats([2], 1, 1), w: floats([2], 1, 1) };
      expect((await failure(program.run({ ...feeds, w: other.put(feeds.w) }))).message).to.include('belongs to another device');
      expect((await failure(program.run(feeds, { state: other.state({ x: feeds.x }) }))).message).to.include(
        'belongs to another device',
      );
      await other.dispose();
    });

    it('takes and returns integers and booleans', async () => {
      const program = await device.compile(
        ({ i, f }) => ({ i: tf.add(i!, tf.scalar(1, 'int32')), f: tf.logicalNot(f!) }),
        [
          { name: 'i', shape: [2], dtype: 'int32' },
          { name: 'f', shape: [2], dtype: 'bool' },
        ],
      );
      const { i, f } = await program.run({
        i: { dtype: 'int32', shape: [2], data: Int32Array.of(1, 2) },
        f: { dtype: 'bool', shape: [2], data: Uint8Array.of(0, 1) },
      });
      expect(i).to.deep.equal({ dtype: 'int32', shape: [2], data: Int32Array.of(2, 3) });
      expect([f!.dtype, ...f!.data]).to.deep.equal(['bool', 1, 0]);
    });

    it('refuses to run a disposed program', async () => {
      const program = await device.compile((inputs) => multiply(inputs), pair);
      await program.dispose();
      expect((await failure(program.run({ x: floats([2], 1, 1), w: floats([2], 1, 1) }))).message).to.match(/disposed/);
    });
  });
}

describe('onnx-cpu', () => {
  async function bytesOfTraining(options: DeviceOptions): Promise<string> {
    const device = await openDevice('onnx-cpu', options);
    const program = await device.compile(trainStep, trainInputs);
    const state = device.state(initialState());
    for (let step = 1; step <= 3; step++) await program.run(trainFeeds(step), { state });
    const tensors = await state.read();
    await device.dispose();
    return Object.values(tensors).map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex')).join(); // prettier-ignore
  }

  it('gives the same bytes for the same inputs', async () => {
    const first = await bytesOfTraining({ threads: 2 });
    expect(await bytesOfTraining({ threads: 2 })).to.equal(first);
  });

  it('sums segments with many equal ids deterministically', async () => {
    const [rows, width] = [16384, 16];
    const device = await openDevice('onnx-cpu', { threads: 4 });
    const program = await device.compile(
      ({ x, ids }) => ({ y: tf.unsortedSegmentSum(x!, ids as Tensor<never>, 3) }),
      [
        { name: 'x', shape: [rows, width] },
        { name: 'ids', shape: [rows], dtype: 'int32' },
      ],
    );
    const x = { ...floats([rows, width]), data: Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i)) };
    const ids: HostTensor = { dtype: 'int32', shape: [rows], data: Int32Array.from({ length: rows }, (_, i) => i % 3) };
    const first = await program.run({ x, ids });
    for (let i = 0; i < 10; i++) expect(await program.run({ x, ids })).to.deep.equal(first);
    await device.dispose();
  });
});

describe('openDevice', () => {
  it('refuses unknown devices and invalid thread counts', async () => {
    expect((await failure(openDevice('cuda' as DeviceName))).message).to.include('expected auto or one of onnx-cpu, onnx-webgpu');
    expect((await failure(openDevice('onnx-cpu', { threads: 0 }))).message).to.include(
      'threads: expected a whole number from 1, got 0',
    );
  });

  it('falls back to onnx-cpu, with one line of explanation, if tfjs finds no GPU', async () => {
    const lines: string[] = [];
    const device = await openDevice('auto', { onDebug: (line) => lines.push(line) });
    if (device.name === 'tfjs-node-gpu') expect(lines).to.deep.equal([]);
    else {
      expect(device.name).to.equal('onnx-cpu');
      expect(lines).to.have.length(1);
      expect(lines[0]).to.match(/^passed over: .*tfjs-node-gpu does not work here: [^\n]+$/);
    }
    await device.dispose();
  });

  it('lists every device with its speed or the reason why it does not work', async function () {
    this.timeout(60_000);
    const reports = await listDevices();
    expect(reports.map((report) => report.name)).to.deep.equal([
      'onnx-cpu',
      'onnx-webgpu',
      'tfjs-node-gpu',
      'tfjs-wasm',
      'tfjs-cpu',
    ]);
    for (const { works, why, gflops } of reports) expect(works ? gflops! > 0 : why!.length > 0).to.equal(true);
    for (const name of ['onnx-cpu', 'tfjs-wasm', 'tfjs-cpu'])
      expect(reports.find((report) => report.name === name)!.works, name).to.equal(true);
  });
});
