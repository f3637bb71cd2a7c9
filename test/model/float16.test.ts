import { expect } from 'chai';
import fc from 'fast-check';
import { floatsOf, floatsOfBrain, halvesOf } from '../../lib/model/float16.js';

const half = (x: number): number => halvesOf(Float32Array.of(x))[0]!;

describe('float16', () => {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const values = floatsOf(all);

  it('brings every one of the 65536 halves back', () => {
    const back = halvesOf(values);
    for (let i = 0; i < 65536; i++) {
      if (Number.isNaN(values[i]!)) expect(back[i]! & 0x7fff, `half ${i}`).to.equal(0x7e00);
      else expect(back[i], `half ${i}`).to.equal(i);
    }
  });

  it('knows the values of IEEE 754-2008, section 3.4', () => {
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

  it('rounds the middle between two neighbours to the even one, and anything beyond it up', () => {
    for (let i = 0; i < 0x7bff; i++) {
      const middle = (values[i]! + values[i + 1]!) / 2; // exact in float32
      expect(half(middle), `middle above half ${i}`).to.equal(i % 2 === 0 ? i : i + 1);
      expect(half(-middle), `middle below half -${i}`).to.equal(0x8000 + (i % 2 === 0 ? i : i + 1));
    }
  });

  it('becomes infinite from 65520 on', () => {
    expect(half(65519.99)).to.equal(0x7bff);
    expect(half(65520)).to.equal(0x7c00);
    expect(half(-1e30)).to.equal(0xfc00);
  });

  it('takes the nearest half for any number', () => {
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

  it('widens bfloat16 by zero bits', () => {
    expect([...floatsOfBrain(Uint16Array.of(0x3f80, 0xc2f7, 0x0001))]).to.deep.equal([1, -123.5, 2 ** -133]);
  });
});
