import { expect } from 'chai';
import fc from 'fast-check';
import { floatsOf, floatsOfBrain, halvesOf } from '../../lib/model/checkpoint/elements.js';

const half = (x: number): number => halvesOf(Float32Array.of(x))[0]!;

describe('float16', () => {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const values = floatsOf(all);

  it('round-trips all 65536 halves', () => {
    const back = halvesOf(values);
    const isKept = (bits: number, i: number): boolean => (Number.isNaN(values[i]!) ? (bits & 0x7fff) === 0x7e00 : bits === i);
    expect([...back.keys()].filter((i) => !isKept(back[i]!, i))).to.deep.equal([]);
    expect(values.filter(Number.isNaN).length).to.equal(2 * 1023);
  });

  it('has the values of IEEE 754-2008, section 3.4', () => {
    expect([...floatsOf(Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0400, 0x03ff, 0x0001, 0x7c00, 0xfc00, 0x3555))]).to.deep.equal([
      1,
      -2,
      65504,
      2 ** -14,
      2 ** -14 - 2 ** -24,
      2 ** -24,
      Infinity,
      -Infinity,
      0.333251953125,
    ]);
    expect(Object.is(floatsOf(Uint16Array.of(0x8000))[0], -0)).to.equal(true);
    expect(floatsOf(Uint16Array.of(0x7c01))[0]).to.be.NaN;
  });

  it('rounds ties to even', () => {
    const middles = Float32Array.from({ length: 0x7bff }, (_, i) => (values[i]! + values[i + 1]!) / 2); // exact in float32
    const even = Uint16Array.from(middles, (_, i) => i + (i % 2));
    expect(halvesOf(middles)).to.deep.equal(even);
    expect(halvesOf(middles.map((x) => -x))).to.deep.equal(even.map((bits) => bits + 0x8000));
  });

  it('becomes infinite from 65520 on', () => {
    expect(half(65519.99)).to.equal(0x7bff);
    for (const x of [65520, 65536, 100000, 131072, 1e30, Infinity]) expect(half(x), `${x}`).to.equal(0x7c00);
    expect(half(-1e30)).to.equal(0xfc00);
  });

  it('rounds to the smallest subnormal above half of it, and to zero otherwise', () => {
    expect(half(1.001 * 2 ** -25)).to.equal(1);
    expect(half(0.999 * 2 ** -25)).to.equal(0);
    expect(half(-(2 ** -140))).to.equal(0x8000);
  });

  it('rounds any number to the nearest half', () => {
    fc.assert(
      fc.property(fc.float({ min: -65000, max: 65000, noNaN: true }), (x) => {
        const bits = half(x);
        const error = Math.abs(values[bits]! - x);
        // The neighbour of a zero on the other side is a NaN.
        for (const other of [values[bits - 1], values[bits + 1]])
          if (other !== undefined && !Number.isNaN(other)) expect(error).to.be.at.most(Math.abs(other - x));
      }),
    );
  });

  it('widens bfloat16 with zero bits', () => {
    expect([...floatsOfBrain(Uint16Array.of(0x3f80, 0xc2f7, 0x0001))]).to.deep.equal([1, -123.5, 2 ** -133]);
  });
});
