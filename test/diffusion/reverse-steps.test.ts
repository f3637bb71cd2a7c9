import { expect } from 'chai';
import fc from 'fast-check';
import { InputError } from '../../lib/base/errors.js';
import {
  ddimSteps,
  ddpmSteps,
  dpmSolverSteps,
  renoiseSteps,
  type ReverseStep,
  stepsFrom,
} from '../../lib/diffusion/reverse-steps.js';
import { continuousLevels, discreteLevels, type NoiseLevel, SCHEDULES, TIME_MAX } from '../../lib/diffusion/schedule.js';
import { expectClose } from '../fixtures/original/close.js';
import { loadOriginal } from '../fixtures/original/index.js';

const discrete = fc
  .tuple(fc.constantFrom(...SCHEDULES), fc.integer({ min: 21, max: 40 }))
  .chain(([name, steps]) => fc.integer({ min: 1, max: steps }).map((count) => discreteLevels(name, steps, count)));
const continuous = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.double({ min: 0.2, max: 5, noNaN: true }))
  .map(([count, power]) => continuousLevels(count, power));
const anyLevels = fc.oneof(discrete, continuous);
const eta = fc.double({ min: 0, max: 1, noNaN: true });

const stepsOf = (levels: readonly NoiseLevel[], steps: number): number[] =>
  levels.map(({ time }) => Math.round((time * steps) / 1000));

describe('reverse steps', () => {
  it('of ddpm have the coefficients and variance of the original', async () => {
    const original = await loadOriginal();
    const steps = ddpmSteps(discreteLevels('sqrt', 40)).reverse(); // the original counts from the cleanest step
    const expected = (name: string) => original.float64(`diffusion.${name}`);
    const check = (name: string, actual: number[]) => expectClose(actual, expected(name), 1e-13, name);
    check(
      'alphas_cumprod',
      steps.map(({ alphaBar }) => alphaBar),
    );
    check(
      'alphas_cumprod_prev',
      steps.map(({ nextAlphaBar }) => nextAlphaBar),
    );
    check(
      'posterior_mean_coef1',
      steps.map(({ c0 }) => c0),
    );
    check(
      'posterior_mean_coef2',
      steps.map(({ cX }) => cX),
    );
    check(
      'posterior_variance',
      steps.map(({ sigma }) => sigma ** 2),
    );
    // The original gives its first step, which has no variance, that of the second.
    check(
      'posterior_log_variance_clipped',
      steps.map((_, t) => 2 * Math.log(steps[Math.max(t, 1)]!.sigma)),
    );
  });

  it('of every sampler carry q(x | x_0) of one noise level into that of the next: mean and variance', () => {
    fc.assert(
      fc.property(anyLevels, eta, (levels, eta) => {
        for (const table of [ddpmSteps(levels), ddimSteps(levels, eta), dpmSolverSteps(levels, eta), renoiseSteps(levels)]) {
          for (const { alphaBar, nextAlphaBar, cX, c0, cPrevious, sigma } of table) {
            expect(cX * Math.sqrt(alphaBar) + c0 + cPrevious).to.be.closeTo(Math.sqrt(nextAlphaBar), 1e-9);
            expect(cX ** 2 * (1 - alphaBar) + sigma ** 2).to.be.closeTo(1 - nextAlphaBar, 1e-9);
          }
        }
      }),
    );
  });

  it('of ddpm agree with Bayes: the precisions of q(x_next | x_0) and of the step add up', () => {
    fc.assert(
      fc.property(anyLevels, (levels) => {
        for (const { alphaBar, nextAlphaBar, cX, sigma } of ddpmSteps(levels).slice(0, -1)) {
          const alpha = alphaBar / nextAlphaBar; // x = sqrt(alpha) x_next + sqrt(1 - alpha) z
          const variance = 1 / (1 / (1 - nextAlphaBar) + alpha / (1 - alpha));
          expect(sigma ** 2).to.be.closeTo(variance, 1e-9);
          expect(cX).to.be.closeTo((variance * Math.sqrt(alpha)) / (1 - alpha), 1e-9);
        }
      }),
    );
  });

  it('of ddim are ancestral sampling at eta 1, free of noise at eta 0, and linear in eta between', () => {
    fc.assert(
      fc.property(anyLevels, eta, (levels, eta) => {
        const ancestral = ddpmSteps(levels);
        ddimSteps(levels, 1).forEach(({ cX, c0, sigma }, i) => {
          expect(cX).to.be.closeTo(ancestral[i]!.cX, 1e-6); // a root of a difference
          expect(c0).to.be.closeTo(ancestral[i]!.c0, 1e-6);
          expect(sigma).to.be.closeTo(ancestral[i]!.sigma, 1e-12);
        });
        ddimSteps(levels, eta).forEach(({ sigma }, i) => expect(sigma).to.be.closeTo(eta * ancestral[i]!.sigma, 1e-12));
      }),
    );
  });

  it('of dpm-solver++ follow the probability flow of a Gaussian with an error of second order, those of ddim of first', () => {
    const [mean, variance] = [0.4, 0.3]; // of x_0
    const spread = (alphaBar: number) => Math.sqrt(alphaBar * variance + 1 - alphaBar);
    const x0Of = (x: number, alphaBar: number) =>
      mean + ((variance * Math.sqrt(alphaBar)) / spread(alphaBar) ** 2) * (x - Math.sqrt(alphaBar) * mean);
    const [noisy, clean] = [0.05, 0.95];
    const [first, last] = [noisy, clean].map((alphaBar) => Math.log(alphaBar / (1 - alphaBar))) as [number, number];
    const errorOf = (stepsOf: (levels: NoiseLevel[]) => ReverseStep[], count: number): number => {
      const levels = Array.from({ length: count + 1 }, (_, i) => ({
        time: 1 - i / (count + 1),
        alphaBar: 1 / (1 + Math.exp(-(first + ((last - first) * i) / count))),
      }));
      let [x, previousX0] = [1.5, 0];
      for (const { alphaBar, cX, c0, cPrevious } of stepsOf(levels).slice(0, -1)) {
        const x0 = x0Of(x, alphaBar);
        [x, previousX0] = [cX * x + c0 * x0 + cPrevious * previousX0, x0];
      }
      const exact = Math.sqrt(clean) * mean + (spread(clean) / spread(noisy)) * (1.5 - Math.sqrt(noisy) * mean);
      return Math.abs(x - exact);
    };
    const orderOf = (stepsOf: (levels: NoiseLevel[]) => ReverseStep[]) =>
      Math.log2(errorOf(stepsOf, 160) / errorOf(stepsOf, 320));
    const solver = (levels: NoiseLevel[]) => dpmSolverSteps(levels, 0);
    expect(orderOf(solver)).to.be.closeTo(2, 0.2);
    expect(orderOf((levels) => ddimSteps(levels, 0))).to.be.closeTo(1, 0.2);
    expect(errorOf(solver, 10)).to.be.lessThan(errorOf((levels) => ddimSteps(levels, 0), 40));
  });

  it('of dpm-solver++ with noise are ancestral sampling where they are of first order', () => {
    fc.assert(
      fc.property(anyLevels, (levels) => {
        const ancestral = ddpmSteps(levels);
        dpmSolverSteps(levels, 1).forEach(({ cX, c0, cPrevious, sigma }, i) => {
          expect(cX).to.be.closeTo(ancestral[i]!.cX, 1e-9);
          expect(c0 + cPrevious).to.be.closeTo(ancestral[i]!.c0, 1e-9);
          expect(sigma).to.be.closeTo(ancestral[i]!.sigma, 1e-9);
        });
      }),
    );
  });

  it('of dpm-solver++ from a noise level on begin with first order', () => {
    for (const noise of [0, 0.01, 0.1])
      expect(stepsFrom(ddimSteps(continuousLevels(10), 0), noise).map(({ step }) => step)).to.deep.equal([9]);
    const [first, second] = stepsFrom(dpmSolverSteps(continuousLevels(10), 0), 0.5);
    const [flow] = stepsFrom(ddimSteps(continuousLevels(10), 0), 0.5);
    expect(first!.cPrevious).to.equal(0);
    expect(first!.c0).to.be.closeTo(flow!.c0, 1e-9);
    expect(second!.cPrevious).to.be.lessThan(0);
  });

  it('of renoise do not depend on the latents', () => {
    for (const { cX } of renoiseSteps(continuousLevels(10))) expect(cX).to.equal(0);
  });

  it('lead from each noise level to the next, and the last one to x_0 itself', () => {
    fc.assert(
      fc.property(anyLevels, eta, (levels, eta) => {
        for (const table of [ddpmSteps(levels), ddimSteps(levels, eta), dpmSolverSteps(levels, eta), renoiseSteps(levels)]) {
          expect(table.map(({ step }) => step)).to.deep.equal(levels.map((_, i) => i));
          table.forEach(({ time, alphaBar, nextTime, nextAlphaBar }, i) => {
            expect({ time, alphaBar }).to.deep.equal(levels[i]);
            expect({ time: nextTime, alphaBar: nextAlphaBar }).to.deep.equal(levels[i + 1] ?? { time: 0, alphaBar: 1 });
            expect(nextAlphaBar).to.be.greaterThan(alphaBar);
          });
          const { cX, c0, cPrevious, sigma } = table.at(-1)!;
          expect({ cX, c0, cPrevious, sigma }).to.deep.equal({ cX: 0, c0: 1, cPrevious: 0, sigma: 0 });
        }
      }),
    );
  });

  it('can be a subset, even from end to end or in strides from the cleanest, as the original chooses them', () => {
    expect(stepsOf(discreteLevels('sqrt', 40), 40)).to.deep.equal(Array.from({ length: 40 }, (_, i) => 39 - i));
    expect(stepsOf(discreteLevels('sqrt', 40, 10), 40)).to.deep.equal([39, 35, 30, 26, 22, 17, 13, 9, 4, 0]); // "10"
    expect(stepsOf(discreteLevels('sqrt', 40, 10, 'stride'), 40)).to.deep.equal([36, 32, 28, 24, 20, 16, 12, 8, 4, 0]); // "ddim10"
    expect(stepsOf(discreteLevels('sqrt', 40, 14, 'stride'), 40)[0]).to.equal(39); // strides of 3
    expect(stepsOf(discreteLevels('sqrt', 6, 3), 6)).to.deep.equal([5, 2, 0]); // 2.5 is rounded to even
    expect(stepsOf(discreteLevels('sqrt', 40, 1), 40)).to.deep.equal([39]);
  });

  it('of a subset keep their noise, and networks see a time of 1000 t / T', () => {
    const all = discreteLevels('cosine', 200);
    expect(all[0]!.time).to.equal(995);
    for (const level of discreteLevels('cosine', 200, 7)) expect(all).to.deep.include(level);
  });

  it('in continuous time are at even times from the noisiest, or at given times', () => {
    const times = continuousLevels(4).map(({ time }) => time);
    expectClose(times, [TIME_MAX, TIME_MAX * 0.75, TIME_MAX * 0.5, TIME_MAX * 0.25], 1e-12);
    expect(continuousLevels([0.9, 0.2]).map(({ time }) => time)).to.deep.equal([0.9, 0.2]);
    expect(continuousLevels([0.24])[0]!.alphaBar).to.be.closeTo(0.51, 1e-12);
  });

  it('cannot be made from impossible counts or times: the error names them', () => {
    for (const count of [0, 41, 1.5, NaN]) expect(() => discreteLevels('sqrt', 40, count)).to.throw(InputError, /from 1 to 40/);
    expect(() => discreteLevels('sqrt', 40, 15, 'stride')).to.throw(InputError, /whole stride over 40 steps .*got 15/);
    for (const count of [0, -1, 0.5, Infinity]) expect(() => continuousLevels(count)).to.throw(InputError, /whole number from 1/);
    for (const times of [[], [0.5, 0.5], [0.2, 0.3], [1], [0], [NaN]])
      expect(() => continuousLevels(times)).to.throw(InputError, /decreasing times/);
    for (const eta of [-0.1, 1.1, NaN])
      for (const stepsOf of [ddimSteps, dpmSolverSteps])
        expect(() => stepsOf(continuousLevels(2), eta)).to.throw(InputError, /from 0 to 1/);
  });
});
