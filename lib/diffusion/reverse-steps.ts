import { inputError } from '../base/errors.js';
import type { NoiseLevel } from './schedule.js';

/**
 * One reverse step, from a noise level to the next lower one. Every sampler is linear in the latents, the predicted x_0, the x_0 that the
 * step before predicted, and fresh standard noise z, so a sampler is a table of coefficients:
 * x_next = cX x + c0 x_0 + cPrevious previousX0 + sigma z.
 * The last step ends at x_0 itself, without noise: nextAlphaBar 1, cX 0, c0 1, cPrevious 0, sigma 0.
 */
export interface ReverseStep {
  /** Index of the step; 0 is the noisiest. */
  readonly step: number;
  readonly time: number;
  /** Time of the noise level after the step; 0 at the end. */
  readonly nextTime: number;
  readonly alphaBar: number;
  readonly nextAlphaBar: number;
  readonly cX: number;
  readonly c0: number;
  readonly cPrevious: number;
  readonly sigma: number;
}

/** Shares of the reverse steps, 0 at the noisiest, between which a part of a run acts. */
export type StepWindow = readonly [from: number, to: number];

/**
 * Returns whether a window holds a step whose share, step / steps, is `share`: from its begin to below its end. Shares are below 1, so a
 * window to 1 holds the last step.
 */
export const isWithin = (share: number, [from, to]: StepWindow): boolean => share >= from && share < to;

type Coefficients = Pick<ReverseStep, 'cX' | 'c0' | 'sigma'> & Partial<Pick<ReverseStep, 'cPrevious'>>;

/**
 * Returns the reverse steps that remain from a noise level on: 1 is all of them, 0 the last one. The first of them is of first order, since
 * no step before it predicted x_0.
 */
export function stepsFrom(steps: readonly ReverseStep[], noise: number): readonly ReverseStep[] {
  const kept = steps.filter(({ step }) => step / steps.length >= 1 - noise);
  const [first, ...rest] = kept.length > 0 ? kept : steps.slice(-1);
  return first ? [{ ...first, c0: first.c0 + first.cPrevious, cPrevious: 0 }, ...rest] : [];
}

/** Returns the steps of ancestral sampling: the posterior q(x_next | x, x_0), mean and variance (Ho et al. 2020, eqs. 6 and 7). */
export function ddpmSteps(levels: readonly NoiseLevel[]): ReverseStep[] {
  return table(levels, (alphaBar, next) => {
    const alpha = alphaBar / next; // of this step only
    return {
      cX: (Math.sqrt(alpha) * (1 - next)) / (1 - alphaBar),
      c0: (Math.sqrt(next) * (1 - alpha)) / (1 - alphaBar),
      sigma: Math.sqrt(((1 - alpha) * (1 - next)) / (1 - alphaBar)),
    };
  });
}

/**
 * Returns the steps of DDIM (Song et al. 2021, eqs. 12 and 16).
 *
 * @param eta from 0, no fresh noise, to 1, as much as ancestral sampling
 * @throws InputError if `eta` is out of range
 */
export function ddimSteps(levels: readonly NoiseLevel[], eta: number): ReverseStep[] {
  checkEta(eta);
  return table(levels, (alphaBar, next) => {
    const sigma = eta * Math.sqrt(((1 - next) / (1 - alphaBar)) * (1 - alphaBar / next));
    const cX = Math.sqrt(Math.max(1 - next - sigma ** 2, 0) / (1 - alphaBar)); // coefficient of the noise that x and x_0 imply
    return { cX, c0: Math.sqrt(next) - cX * Math.sqrt(alphaBar), sigma };
  });
}

/** Returns steps that noise the predicted x_0 again: x_next = sqrt(alphaBar) x_0 + sqrt(1 - alphaBar) z (Li et al. 2022, section 4.2). */
export function renoiseSteps(levels: readonly NoiseLevel[]): ReverseStep[] {
  return table(levels, (_, next) => ({ cX: 0, c0: Math.sqrt(next), sigma: Math.sqrt(1 - next) }));
}

/**
 * Returns the steps of DPM-Solver++(2M) and, with noise, SDE-DPM-Solver++(2M) (Lu et al. 2022, arXiv 2211.01095, algorithm 2 and section
 * 5.1): predictions of x_0 are extrapolated in the logarithm of the signal-to-noise ratio. The first step and the last, which ends at an
 * infinite ratio, are of first order.
 *
 * @param eta from 0, no fresh noise (the probability flow), to 1, as much as ancestral sampling
 * @throws InputError if `eta` is out of range
 */
export function dpmSolverSteps(levels: readonly NoiseLevel[], eta: number): ReverseStep[] {
  checkEta(eta);
  return table(levels, (alphaBar, next, previous) => {
    const decay = Math.sqrt(((1 - next) * alphaBar) / ((1 - alphaBar) * next)); // e^-h
    const kept = decay ** eta; // share of the latents' noise that stays
    const cX = Math.sqrt((1 - next) / (1 - alphaBar)) * kept;
    const c0 = Math.sqrt(next) * (1 - decay * kept);
    const sigma = Math.sqrt((1 - next) * (1 - kept ** 2));
    if (previous === undefined || next === 1) return { cX, c0, sigma };
    const before = logRatio(alphaBar) - logRatio(previous);
    const share = (logRatio(next) - logRatio(alphaBar)) / (2 * before); // 1 / (2 r)
    return { cX, c0: c0 * (1 + share), cPrevious: -c0 * share, sigma };
  });
}

/** Returns half the logarithm of the signal-to-noise ratio, lambda. */
const logRatio = (alphaBar: number): number => Math.log(alphaBar / (1 - alphaBar)) / 2;

function checkEta(eta: number): void {
  if (!(eta >= 0 && eta <= 1)) throw inputError('eta', `expected a number from 0 to 1, got ${eta}`);
}

function table(
  levels: readonly NoiseLevel[],
  coefficients: (alphaBar: number, nextAlphaBar: number, previousAlphaBar?: number) => Coefficients,
): ReverseStep[] {
  return levels.map(({ time, alphaBar }, step) => {
    const next = levels[step + 1] ?? { time: 0, alphaBar: 1 };
    const own = coefficients(alphaBar, next.alphaBar, levels[step - 1]?.alphaBar);
    return { step, time, nextTime: next.time, alphaBar, nextAlphaBar: next.alphaBar, cPrevious: 0, ...own };
  });
}
