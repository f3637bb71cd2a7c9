import { expect } from 'chai';
import fc from 'fast-check';
import { slopeProblem } from '../../lib/guide/results.js';
import { oneHot, tilt } from '../../lib/guide/tilt.js';

const normed = (weights: readonly number[]): number[] => {
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
};

/** Token probabilities and finite log-factors of one position with four tokens, some of which are impossible. */
const place = fc
  .tuple(
    fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
    fc.constantFrom(-1, 0, 1, 2, 3),
    fc.array(fc.double({ min: -300, max: 300, noNaN: true }), { minLength: 4, maxLength: 4 }),
  )
  .map(([weights, gone, factors]) => ({ probs: normed(weights.map((weight, v) => (v === gone ? 0 : weight))), factors }));

describe('tilting token probabilities', () => {
  it('is normalised p e^factor, computed by hand', () => {
    const probs = Float32Array.of(0.5, 0.5, 0, 1, 0, 0);
    tilt(probs, Float32Array.of(Math.log(3), 0, 50, -7, 9, 9), 3);
    expect([...probs]).to.deep.equal([0.75, 0.25, 0, 1, 0, 0]);
  });

  it('does not change positions at which all possible tokens have the same factor', () => {
    const probs = Float32Array.of(0.1, 0.2, 0.7);
    tilt(probs, Float32Array.of(5, 5, 5), 3);
    expect(probs).to.deep.equal(Float32Array.of(0.1, 0.2, 0.7));
  });

  it('gives probabilities that sum to 1 for any factors, and keeps impossible tokens impossible', () => {
    fc.assert(
      fc.property(place, ({ probs, factors }) => {
        const out = Float32Array.from(probs);
        tilt(out, Float32Array.from(factors), 4);
        expect(out.reduce((a, b) => a + b)).to.be.closeTo(1, 1e-5);
        out.forEach((p, v) => (probs[v] === 0 ? expect(p).to.equal(0) : expect(p).to.be.at.least(0)));
      }),
    );
  });

  it('finds the distribution that maximises the reward less its divergence from p', () => {
    const objective = (q: ArrayLike<number>, p: readonly number[], worth: readonly number[]) =>
      p.reduce((sum, of, v) => sum + (q[v] === 0 ? 0 : q[v]! * (worth[v]! - Math.log(q[v]! / of))), 0);
    fc.assert(
      fc.property(place, place, ({ probs, factors }, other) => {
        const worth = factors.map((factor) => factor / 50); // -6 to 6
        const best = Float32Array.from(probs);
        tilt(best, Float32Array.from(worth), 4);
        const another = normed(other.probs.map((q, v) => (probs[v] === 0 ? 0 : q + 1e-3)));
        expect(objective(best, probs, worth)).to.be.at.least(objective(another, probs, worth) - 1e-5);
      }),
    );
  });

  it('gives the exact marginals of p(text) e^reward if the reward is a sum over words', () => {
    const [p, worth] = [[[0.2, 0.8], [0.6, 0.4], [0.5, 0.5]], [[1, -1], [0, 2], [0.5, 0]]]; // prettier-ignore
    const texts = [0, 1].flatMap((a) => [0, 1].flatMap((b) => [0, 1].map((c) => [a, b, c])));
    const weights = normed(texts.map((text) => text.reduce((all, v, i) => all * p[i]![v]! * Math.exp(worth[i]![v]!), 1)));
    const probs = Float32Array.from(p.flat());
    tilt(probs, Float32Array.from(worth.flat()), 2);
    p.flatMap((row, i) => row.map((_, v) => [i, v] as const)).forEach(([i, v]) => {
      const exact = texts.reduce((sum, text, t) => sum + (text[i] === v ? weights[t]! : 0), 0);
      expect(probs[2 * i + v]).to.be.closeTo(exact, 1e-6);
    });
  });
});

describe('the result of a reward over token probabilities', () => {
  it('is a value and a slope for each probability', () => {
    const gradient = new Float32Array(6);
    expect(slopeProblem({ value: -Infinity, gradient }, 6)).to.equal(undefined);
    expect(slopeProblem(undefined, 6)).to.contain('a value in nats, a number below Infinity, got undefined');
    expect(slopeProblem({ value: NaN, gradient }, 6)).to.contain('got NaN');
    expect(slopeProblem({ value: 1, gradient: [0, 0] }, 6)).to.contain('in a Float32Array, got object');
    expect(slopeProblem({ value: 1, gradient }, 8)).to.equal('a gradient [L, V], 8 numbers, got 6');
    expect(slopeProblem({ value: 1, gradient: gradient.fill(-Infinity, 4) }, 6)).to.contain('got -Infinity at 4');
  });

  it('of a finished text is computed with probabilities of 0 and 1', () => {
    expect([...oneHot(Int32Array.of(2, 0), 3)]).to.deep.equal([0, 0, 1, 1, 0, 0]);
  });
});
