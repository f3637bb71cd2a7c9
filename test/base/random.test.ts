import { expect } from 'chai';
import fc from 'fast-check';
import { keyOf, normal, permutation, seedOf, split, uniform, weightedIndex } from '../../lib/base/random.js';

const meanOf = (values: ArrayLike<number>, power = 1): number =>
  Array.from(values).reduce((sum, value) => sum + value ** power, 0) / values.length;

describe('random numbers', () => {
  const key = keyOf(7);

  it('are the same for the same key, in any order of drawing', () => {
    const first = [normal(split(key, 'a'), 5), uniform(split(key, 'b'), 5), permutation(split(key, 'c'), 5)];
    const again = [permutation(split(key, 'c'), 5), uniform(split(key, 'b'), 5), normal(split(key, 'a'), 5)].reverse();
    expect(again).to.deep.equal(first);
  });

  it('begin the same for any count', () => {
    expect([...normal(key, 7).subarray(0, 4)]).to.deep.equal([...normal(key, 4)]);
    expect([...uniform(key, 7).subarray(0, 4)]).to.deep.equal([...uniform(key, 4)]);
  });

  it('differ between seeds and between labels', () => {
    const keys = [
      key,
      keyOf(8),
      split(key, 'a'),
      split(key, 'b'),
      split(key, 'a', 0),
      split(key, 'a', 1),
      split(split(key, 'a'), 0, 0),
    ];
    expect(new Set(keys.map((one) => normal(one, 2).join())).size).to.equal(keys.length);
    expect(new Set(keys.map(seedOf)).size).to.equal(keys.length);
  });

  it('of two keys are uncorrelated', () => {
    const n = 20_000;
    for (const [a, b] of [
      [split(key, 0), split(key, 1)],
      [key, keyOf(8)],
      [key, split(key, 'x')],
    ] as const) {
      const [x, y] = [normal(a, n), normal(b, n)];
      const correlation = meanOf(x.map((value, i) => value * y[i]!));
      expect(Math.abs(correlation)).to.be.below(5 / Math.sqrt(n)); // five standard errors
    }
  });

  it('are normal: first four moments, and uncorrelated neighbours', () => {
    const n = 100_000;
    const x = normal(key, n);
    // Five standard errors of each moment of a standard normal sample.
    const about = (power: number, expected: number, variance: number) =>
      expect(meanOf(x, power), `moment ${power}`).to.be.closeTo(expected, 5 * Math.sqrt(variance / n));
    about(1, 0, 1);
    about(2, 1, 2);
    about(3, 0, 15);
    about(4, 3, 96);
    const neighbours = meanOf(x.subarray(1).map((value, i) => value * x[i]!));
    expect(Math.abs(neighbours)).to.be.below(5 / Math.sqrt(n));
  });

  it('are uniform in [0, 1): mean and variance', () => {
    const n = 50_000;
    const u = uniform(key, n);
    expect(Math.min(...u.subarray(0, 1000))).to.be.at.least(0);
    expect(u.every((value) => value >= 0 && value < 1)).to.equal(true);
    expect(meanOf(u)).to.be.closeTo(1 / 2, 5 * Math.sqrt(1 / 12 / n));
    expect(meanOf(u, 2)).to.be.closeTo(1 / 3, 5 * Math.sqrt(4 / 45 / n));
  });

  it('draw indices in proportion to their weights: each has its part of [0, 1), none if its weight is 0', () => {
    const draws = Array.from({ length: 100 }, (_, i) => weightedIndex([0, 1, 0, 3, 0], (i + 0.5) / 100));
    expect([0, 1, 2, 3, 4].map((index) => draws.filter((drawn) => drawn === index).length)).to.deep.equal([0, 25, 0, 75, 0]);
    expect(weightedIndex([0.1, 0.2, 0.3, 0], 1)).to.equal(2); // as if rounding had made the sum too large
    expect(weightedIndex([0, 0], 0.5)).to.equal(1);
  });

  it('give permutations that hold every number once', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 60 }), (seed, n) => {
        const sorted = [...permutation(keyOf(seed), n)].sort((a, b) => a - b);
        expect(sorted).to.deep.equal(Array.from({ length: n }, (_, i) => i));
      }),
    );
  });

  it('give every permutation with equal probability', () => {
    const count = 6000;
    const seen = new Map<string, number>();
    for (let i = 0; i < count; i++) {
      const order = permutation(split(key, i), 3).join();
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).to.equal(6);
    const deviation = Math.sqrt(count * (1 / 6) * (5 / 6));
    for (const [order, times] of seen) expect(times, order).to.be.closeTo(count / 6, 5 * deviation);
  });

  it('have seeds of 31 bits', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const short = seedOf(keyOf(seed));
        expect(Number.isInteger(short) && short >= 0 && short < 2 ** 31).to.equal(true);
      }),
    );
  });
});
