import { expect } from 'chai';
import { bootstrap, pairedBootstrap } from '../../lib/metrics/bootstrap.js';
import { ClusterSums, type Statistic } from '../../lib/metrics/cluster-sums.js';
import { keyOf, normal } from '../../lib/base/random.js';

const mean: Statistic = (sum) => sum('value') / sum('count');
const key = keyOf(7);

/** A text with each value, in targets of `perTarget` texts. */
function sumsOf(values: Iterable<number>, perTarget = 1): ClusterSums {
  const sums = new ClusterSums();
  [...values].forEach((value, i) => sums.add(`${Math.floor(i / perTarget)}`, { value, count: 1 }));
  return sums;
}

describe('ClusterSums', () => {
  it('sums by target, even if a column starts later', () => {
    const sums = new ClusterSums();
    sums.add('a', { x: 1 });
    sums.add('b', { x: 2, y: 5 });
    sums.add('a', { x: 3 });
    for (let i = 0; i < 200; i++) sums.add(`c${i}`, { x: 1 });
    expect([...sums.column('x').subarray(0, 3)]).to.deep.equal([4, 2, 1]);
    expect([...sums.column('y').subarray(0, 3)]).to.deep.equal([0, 5, 0]);
    expect(sums.column('z')).to.have.length(202);
    expect(sums.total((sum) => sum('y') / sum('x'))).to.equal(5 / 206);
    expect([...sums.restrictedTo(['b', 'a']).column('x')]).to.deep.equal([2, 4]);
  });
});

describe('bootstrap', () => {
  it('has the mean, and an interval of the theoretical width', () => {
    const values = normal(keyOf(1), 400);
    const { it: interval } = bootstrap(sumsOf(values), { it: mean }, { key });
    const average = values.reduce((a, b) => a + b, 0) / 400;
    const error = Math.sqrt(values.reduce((a, v) => a + (v - average) ** 2, 0) / 400 / 400);
    expect(interval.mean).to.be.closeTo(average, 1e-9);
    expect((interval.high - interval.low) / (2 * 1.96 * error)).to.be.within(0.9, 1.1);
  });

  it('reproduces a case that can be enumerated: all resamples of 0 and 1 are 0, a half or 1', () => {
    const { it: interval } = bootstrap(sumsOf([0, 1]), { it: mean }, { key });
    expect(interval).to.deep.equal({ mean: 0.5, low: 0, high: 1 });
    const { it: certain } = bootstrap(sumsOf([1, 1, 1]), { it: mean }, { key });
    expect(certain).to.deep.equal({ mean: 1, low: 1, high: 1 });
  });

  it('resamples the texts of a target together: ten equal texts give no more information than one', () => {
    const values = [...normal(keyOf(2), 50)];
    const tenfold = values.flatMap((value) => Array.from({ length: 10 }, () => value));
    const { it: once } = bootstrap(sumsOf(values), { it: mean }, { key });
    const { it: often } = bootstrap(sumsOf(tenfold, 10), { it: mean }, { key });
    const { it: apart } = bootstrap(sumsOf(tenfold), { it: mean }, { key });
    expect(often.low).to.be.closeTo(once.low, 1e-9);
    expect((once.high - once.low) / (apart.high - apart.low)).to.be.within(2.5, 4); // sqrt(10)
  });

  it('resamples a ratio of sums as a ratio', () => {
    const sums = new ClusterSums();
    for (let i = 1; i <= 30; i++) sums.add(`${i}`, { part: 3 * i, whole: 4 * i });
    const { it: interval } = bootstrap(sums, { it: (sum) => sum('part') / sum('whole') }, { key });
    for (const value of Object.values(interval)) expect(value).to.be.closeTo(0.75, 1e-12);
  });

  it('is deterministic for a key, and leaves out undefined resamples', () => {
    const sums = sumsOf(normal(keyOf(4), 20));
    sums.add('only', { rare: 1, rareCount: 1 });
    const both = { it: mean, rare: (sum: (column: string) => number) => sum('rare') / sum('rareCount') };
    const first = bootstrap(sums, both, { key });
    expect(first).to.deep.equal(bootstrap(sums, both, { key }));
    expect(first).to.not.deep.equal(bootstrap(sums, both, { key: keyOf(8) }));
    expect(first.rare).to.deep.equal({ mean: 1, low: 1, high: 1 });
  });
});

describe('pairedBootstrap', () => {
  const hard = [...normal(keyOf(3), 100)];

  it('finds no difference between a run and itself', () => {
    const { difference, p, targets } = pairedBootstrap(sumsOf(hard), sumsOf(hard), mean, { key });
    expect({ difference, p, targets }).to.deep.equal({ difference: { mean: 0, low: 0, high: 0 }, p: 1, targets: 100 });
  });

  it('detects a small difference that unpaired intervals hide', () => {
    const better = hard.map((value, i) => value + 0.05 + (i % 2 === 0 ? 0.02 : -0.02));
    const { a, b, difference, p } = pairedBootstrap(sumsOf(hard), sumsOf(better), mean, { key });
    expect(b.low < a.high, 'unpaired intervals overlap').to.equal(true);
    expect(difference.mean).to.be.closeTo(0.05, 1e-7);
    expect(difference.low).to.be.above(0.04);
    expect(p).to.equal(2 / 1001);
  });

  it('has p-values below a level at the rate of that level under the null hypothesis', () => {
    const draws = 60;
    const small = Array.from({ length: draws }, (_, i) => {
      const [one, other] = [normal(keyOf(100 + i), 80), normal(keyOf(1000 + i), 80)];
      return pairedBootstrap(sumsOf(one), sumsOf(other), mean, { key, replicates: 200 }).p;
    });
    expect(small.filter((p) => p < 0.5).length / draws).to.be.within(0.3, 0.7);
    expect(small.filter((p) => p < 0.05).length / draws).to.be.below(0.15);
  });

  it('compares over the targets that both runs have', () => {
    const a = new ClusterSums();
    const b = new ClusterSums();
    for (const [cluster, value] of [
      ['x', 1],
      ['y', 0],
      ['z', 0],
    ] as const)
      a.add(cluster, { value, count: 1 });
    for (const [cluster, value] of [
      ['w', 0],
      ['y', 1],
      ['x', 1],
    ] as const)
      b.add(cluster, { value, count: 1 });
    const { difference, targets } = pairedBootstrap(a, b, mean, { key });
    expect([difference.mean, targets]).to.deep.equal([0.5, 2]);
  });
});
