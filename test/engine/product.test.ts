import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import fc from 'fast-check';
import { keyOf, normal, split } from '../../lib/base/random.js';
import { openDevice, tf, weightProduct } from '../../lib/engine/index.js';
import type { Device, HostTensor } from '../../lib/engine/types.js';

const [N, I, O] = [40, 64, 96];
interface Numbers extends HostTensor {
  readonly data: Float32Array;
}

const tensor = (shape: number[], data: Float32Array): Numbers => ({ dtype: 'float32', shape, data });
const drawn = (seed: number, label: string, ...shape: [number, number]) =>
  tensor(shape, normal(split(keyOf(seed), label), shape[0] * shape[1]));

describe('product', () => {
  let rounding: Device;
  let exact: Device;
  before(async () => {
    rounding = await openDevice('onnx-cpu', { threads: 2, precision: 'int8' });
    exact = await openDevice('onnx-cpu', { threads: 2 });
  });
  after(() => Promise.all([rounding.dispose(), exact.dispose()]));

  /** x w, and the gradients of the sum of its elements times `dy`. */
  async function run(device: Device, x: Numbers, w: Numbers, dy: Numbers) {
    const graph = (inputs: Readonly<Record<string, Tensor>>) => {
      const weighted = (...[a, b]: Tensor[]) => tf.sum<Tensor<never>>(tf.mul(weightProduct(a!, b!), inputs['dy']!));
      const [dx, dw] = tf.grads(weighted)([inputs['x']!, inputs['w']!]);
      return { y: weightProduct(inputs['x']!, inputs['w']!), dx: dx!, dw: dw! };
    };
    const specs = Object.entries({ x, w, dy }).map(([name, { shape }]) => ({ name, shape }));
    const program = await device.compile(graph, specs);
    const out = await program.run({ x, w, dy });
    await program.dispose();
    return out as unknown as { y: Numbers; dx: Numbers; dw: Numbers };
  }

  /**
   * How far a rounded sum of products may lie from the exact one: every x is off by half a step of x, every weight by half of its
   * column's. (A step of x may be off by a rounding of zero's place too.)
   */
  const bound = (inner: number, xs: number, ws: number) =>
    inner * ((xs / 255) * ws + (ws / 63 / 2) * xs + ((xs / 255) * ws) / 63) + 1e-5;
  const largest = ({ data }: Numbers) => data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

  it('rounds by at most half a step of x and of the weights, at any magnitude', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: -6, max: 6 }), async (seed, power) => {
        const x = drawn(seed, 'x', N, I);
        const w = tensor([I, O], drawn(seed, 'w', I, O).data.map((value) => value * 10 ** power)); // prettier-ignore
        const dy = drawn(seed, 'dy', N, O);
        const [got, expected] = [await run(rounding, x, w, dy), await run(exact, x, w, dy)];
        const off = (key: 'y' | 'dx') => got[key].data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[key].data[i]!)), 0); // prettier-ignore
        const spread = 2 * largest(x); // x has one scale from its smallest number to its largest
        expect(off('y')).to.be.below(bound(I, spread, largest(w)));
        expect(off('y'), 'rounds at all').to.be.above(0);
        expect(off('dx')).to.be.below(bound(O, 2 * largest(dy), largest(w)));
        expect(got.dw.data).to.deep.equal(expected.dw.data);
      }),
      { numRuns: 5 },
    ));

  it('is exact if the numbers are whole steps', async () => {
    // x from 0 to 255 in whole numbers has steps of 1, weights from -63 to 63 too
    const x = tensor(
      [N, I],
      Float32Array.from({ length: N * I }, (_, i) => (i * 7) % 256),
    );
    const w = tensor(
      [I, O],
      Float32Array.from({ length: I * O }, (_, i) => (i < O ? 63 : ((i * 5) % 127) - 63)),
    );
    const dy = drawn(1, 'dy', N, O);
    const [got, expected] = [await run(rounding, x, w, dy), await run(exact, x, w, dy)];
    expect(got.y.data).to.deep.equal(expected.y.data);
  });

  it('keeps the gradients of rows a million times smaller than others', async () => {
    const [x, w] = [drawn(2, 'x', N, I), drawn(2, 'w', I, O)];
    const dy = tensor([N, O], drawn(2, 'dy', N, O).data.map((value, i) => (i < O ? value * 1e-6 : value))); // prettier-ignore
    const [got, expected] = [await run(rounding, x, w, dy), await run(exact, x, w, dy)];
    const [mine, right] = [got.dx.data.subarray(0, I), expected.dx.data.subarray(0, I)];
    const error = Math.hypot(...mine.map((value, i) => value - right[i]!)) / Math.hypot(...right);
    expect(error).to.be.below(0.03);
  });

  it('does not round small products, and keeps rows and columns of zeros zero', async () => {
    for (const [rows, inner, outer] of [[N - 1, I, O], [N, I - 1, O], [N, I, 63]] as const) {
      const [x, w, dy] = [drawn(3, 'x', rows, inner), drawn(3, 'w', inner, outer), drawn(3, 'dy', rows, outer)];
      expect(await run(rounding, x, w, dy)).to.deep.equal(await run(exact, x, w, dy));
    } // prettier-ignore
    const nothing = (...shape: [number, number]) => tensor(shape, new Float32Array(shape[0] * shape[1]));
    const out = await run(rounding, nothing(N, I), nothing(I, O), nothing(N, O));
    for (const { data } of Object.values(out)) expect(data.every((value) => value === 0)).to.equal(true);
  });

  it('gives the same numbers with another count of threads', async () => {
    const feeds = [drawn(4, 'x', N, I), drawn(4, 'w', I, O), drawn(4, 'dy', N, O)] as const;
    const first = await run(rounding, ...feeds);
    const other = await openDevice('onnx-cpu', { threads: 1, precision: 'int8' });
    expect((await run(other, ...feeds)).y).to.deep.equal(first.y);
    await other.dispose();
  });

  it('has 8 bits only on onnx-cpu', async () => {
    const failure = await openDevice('tfjs-cpu', { precision: 'int8' }).then(String, String);
    expect(failure).to.include('tfjs-cpu does not support int8');
    const [cpu, tfjs, best] = await Promise.all([
      openDevice('onnx-cpu', { precision: 'auto' }),
      openDevice('tfjs-cpu', { precision: 'auto' }),
      openDevice('auto', { precision: 'int8' }),
    ]);
    expect([cpu.precision, tfjs.precision, exact.precision]).to.deep.equal(['int8', 'float32', 'float32']);
    expect([best.name, best.precision]).to.deep.equal(['onnx-cpu', 'int8']);
    await Promise.all([cpu, tfjs, best].map((device) => device.dispose()));
  });
});
