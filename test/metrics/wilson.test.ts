import { expect } from 'chai';
import fc from 'fast-check';
import { wilson } from '../../lib/metrics/wilson.js';

describe('the score interval of a share', () => {
  it('is that of Newcombe 1998, table I, method 3', () => {
    const rounded = ({ low, high }: ReturnType<typeof wilson>) => [low, high].map((share) => Number(share.toFixed(4)));
    expect(rounded(wilson(81, 263))).to.deep.equal([0.2553, 0.3662]);
    expect(rounded(wilson(15, 148))).to.deep.equal([0.0624, 0.1605]);
    expect(rounded(wilson(0, 20))).to.deep.equal([0, 0.1611]);
    expect(rounded(wilson(1, 29))).to.deep.equal([0.0061, 0.1718]);
  });

  it('holds the share, lies within 0 and 1, narrows with trials, and is known for none', () => {
    const counts = fc.integer({ min: 1, max: 500 }).chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
    fc.assert(
      fc.property(counts, ([k, n]) => {
        const { rate, low, high } = wilson(k, n);
        expect(low).to.be.within(0, rate);
        expect(high).to.be.within(rate, 1);
        const more = wilson(4 * k, 4 * n);
        expect(more.high - more.low).to.be.below(high - low);
      }),
    );
    expect(wilson(0, 0)).to.include({ low: 0, high: 1 });
  });
});
