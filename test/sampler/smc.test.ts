import { expect } from 'chai';
import fc from 'fast-check';
import { keyOf, uniform } from '../../lib/base/random.js';
import {
  drawn,
  effectiveSampleSize,
  finished,
  newParticle,
  normalisedWeights,
  resample,
  systematicResample,
  weighed,
  weightsOf,
  type Particle,
  type Potential,
} from '../../lib/sampler/smc.js';

const counts = (places: Iterable<number>, count: number): number[] => {
  const out = new Array<number>(count).fill(0);
  for (const place of places) out[place]!++;
  return out;
};

describe('weights of particles', () => {
  it('add up to 1 and keep their ratios, however far the logarithms are from 0', () => {
    const weights = [...normalisedWeights([-2000, -2000 + Math.log(3)])];
    expect(weights[0]).to.be.closeTo(0.25, 1e-12);
    expect(weights[1]).to.be.closeTo(0.75, 1e-12);
    expect([...normalisedWeights([-Infinity, 5])]).to.deep.equal([0, 1]);
    expect([...normalisedWeights([-Infinity, -Infinity])], 'none is better').to.deep.equal([0.5, 0.5]);
  });

  it('have an effective sample size: their number if equal, 1 if only one is above 0, and computed by hand in between', () => {
    expect(effectiveSampleSize(Float64Array.of(0.25, 0.25, 0.25, 0.25))).to.be.closeTo(4, 1e-12);
    expect(effectiveSampleSize(Float64Array.of(0, 1, 0))).to.equal(1);
    expect(effectiveSampleSize(Float64Array.of(0.5, 0.25, 0.25))).to.be.closeTo(1 / 0.375, 1e-12);
  });
});

describe('systematic resampling', () => {
  const logWeights = fc.array(fc.double({ min: -8, max: 0, noNaN: true }), { minLength: 1, maxLength: 12 });

  it('makes K w copies of each particle, rounded up or down, for every uniform number', () => {
    fc.assert(
      fc.property(logWeights, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (logs, u) => {
        const weights = normalisedWeights(logs);
        counts(systematicResample(weights, u), logs.length).forEach((n, k) => {
          const wanted = logs.length * weights[k]!;
          expect(n).to.be.within(Math.floor(wanted - 1e-9), Math.ceil(wanted + 1e-9));
        });
      }),
    );
  });

  it('makes K w copies of each particle on average: it is unbiased', () => {
    const weights = normalisedWeights([0, 1, -1, 0.3, -2.5].map((x) => x * 1.1));
    const draws = 20_000;
    const total = [0, 0, 0, 0, 0];
    for (const u of uniform(keyOf(3), draws))
      counts(systematicResample(weights, u), 5).forEach((n, k) => (total[k]! += n / draws));
    // A count takes two adjacent values, so its standard error is at most 0.5 / sqrt(draws).
    total.forEach((mean, k) => expect(mean).to.be.closeTo(5 * weights[k]!, 4 * (0.5 / Math.sqrt(draws))));
  });

  it('draws a single particle by weight, and none of weight 0', () => {
    const weights = Float64Array.of(0, 0.2, 0, 0.8, 0);
    const draws = [...uniform(keyOf(4), 5000)].map((u) => drawn(weights, u));
    expect(new Set(draws)).to.deep.equal(new Set([1, 3]));
    expect(counts(draws, 5)[1]! / 5000).to.be.closeTo(0.2, 4 * Math.sqrt(0.16 / 5000));
  });

  it('copies the history of a particle, and gives all the same weight', () => {
    const [bad, good] = [-9, 2].map((reward) => weighed(newParticle, reward, 'max'));
    const { particles, parents } = resample([bad!, good!], 0.5);
    expect([...parents]).to.deep.equal([1, 1]);
    expect(particles).to.deep.equal([{ ...good, logWeight: 0 }, { ...good, logWeight: 0 }]); // prettier-ignore
  });
});

describe('the potentials of a trajectory', () => {
  const rewards = [1, -3, 2];
  const after = (potential: Potential) => rewards.reduce((at: Particle, r) => weighed(at, r, potential), newParticle).logWeight;

  it('are gains, the best so far, and sums, computed by hand', () => {
    expect(after('difference')).to.equal(1 + -4 + 5);
    expect(after('max')).to.equal(1 + 1 + 2);
    expect(after('sum')).to.equal(1 + (1 - 3) + (1 - 3 + 2));
  });

  it('multiply to e^reward of the finished text, whichever potential is used', () => {
    for (const potential of ['difference', 'max', 'sum'] as const) {
      const looked = rewards.reduce((at: Particle, r) => weighed(at, r, potential), newParticle);
      expect(finished(looked, 0.7).potentials, potential).to.be.closeTo(0.7, 1e-12);
      expect(finished({ ...looked, logWeight: 0 }, 0.7).logWeight, 'after resampling').to.be.closeTo(
        0.7 - looked.potentials,
        1e-12,
      );
    }
  });

  it('weigh particles against each other', () => {
    const weights = weightsOf([0, Math.log(4)].map((reward) => weighed(newParticle, reward, 'difference')));
    expect(weights[1]).to.be.closeTo(0.8, 1e-12);
  });
});
