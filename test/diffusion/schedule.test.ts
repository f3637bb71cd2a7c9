import { expect } from 'chai';
import { InputError } from '../../lib/base/errors.js';
import { alphaBars, betasOf, SCHEDULES, sqrtAlphaBar, TIME_MAX } from '../../lib/diffusion/schedule.js';
import { expectClose } from '../fixtures/original/close.js';
import { loadOriginal } from '../fixtures/original/index.js';

describe('noise schedules', () => {
  for (const name of SCHEDULES) {
    it(`${name}: the betas equal the original`, async () => {
      const expected = (await loadOriginal()).float64(`betas.${name}`);
      expectClose(betasOf(name, expected.length), expected, 2e-14); // float64; cosines of two libraries differ in the last bit
    });

    it(`${name}: alphaBar falls from less than 1 to more than 0, as taking the steps one by one shows`, () => {
      for (const steps of [21, 100, 2000]) {
        const betas = betasOf(name, steps);
        const kept = alphaBars(betas);
        let [scale, variance] = [1, 0]; // of the signal and of the noise after single steps x <- sqrt(1 - beta) x + sqrt(beta) z
        kept.forEach((alphaBar, t) => {
          scale *= Math.sqrt(1 - betas[t]!);
          variance = (1 - betas[t]!) * variance + betas[t]!;
          expect(alphaBar).to.be.within(0, (t === 0 ? 1 : kept[t - 1]!) * (1 - 1e-9));
          expect(scale ** 2).to.be.closeTo(alphaBar, 1e-12);
          expect(variance).to.be.closeTo(1 - alphaBar, 1e-12);
        });
        expect(kept.at(-1)).to.be.greaterThan(0);
      }
    });
  }

  it('sqrt: continuous time equals the discrete schedule, which counts its cleanest level as no noise', () => {
    const kept = alphaBars(betasOf('sqrt', 2000));
    for (const t of [0, 1, 500, 1500, 1990]) expect(kept[t]).to.be.closeTo(sqrtAlphaBar((t + 1) / 2000) / sqrtAlphaBar(0), 1e-12);
  });

  it('sqrt: continuous alphaBar falls from 0.99 and stays above 1e-6', () => {
    expect(sqrtAlphaBar(0)).to.be.closeTo(0.99, 1e-12);
    expect(sqrtAlphaBar(0.24)).to.be.closeTo(1 - Math.sqrt(0.2401), 1e-12);
    for (let i = 1; i <= 100; i++)
      expect(sqrtAlphaBar((TIME_MAX * i) / 100)).to.be.below(sqrtAlphaBar((TIME_MAX * (i - 1)) / 100));
    expect(sqrtAlphaBar(TIME_MAX)).to.be.within(1e-6, 1e-3);
    expect(sqrtAlphaBar(1)).to.equal(1e-6);
  });

  it('refuses a number of steps that a schedule cannot have', () => {
    for (const steps of [1, 0, 2.5, NaN]) expect(() => betasOf('sqrt', steps)).to.throw(InputError, /expected 2 or more/);
    for (const name of ['linear', 'trunc_lin', 'pw_lin'] as const) {
      expect(() => betasOf(name, 20)).to.throw(InputError, new RegExp(`expected 21 or more for the schedule ${name}, got 20`));
    }
  });
});
