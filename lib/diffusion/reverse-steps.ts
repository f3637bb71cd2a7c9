import { inputError } from '../base/errors.js';
import { alphaBars, betasOf, type ScheduleName, sqrtAlphaBar, TIME_MAX } from './schedule.js';

/** A noise level of the latents. */
export interface NoiseLevel {
  /** The noise level as networks see it. */
  readonly time: number;
  /** Share of the signal's variance that is left, in (0, 1). */
  readonly alphaBar: number;
}

/**
 * One reverse step, from a noise level to the next lower one. Every sampler is linear in the latents, the predicted x_0 and fresh standard
 * noise z, so a sampler is a table of coefficients: x_next = cX x + c0 x_0 + sigma z.
 * The last step ends at x_0 itself, without noise: nextAlphaBar 1, cX 0, c0 1, sigma 0.
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
  readonly sigma: number;
}

/** Shares of the reverse steps, 0 at the noisiest, between which a part of a run acts. */
export type StepWindow = readonly [from: number, to: number];

/**
 * Returns whether a window holds a step whose share, step / steps, is `share`: from its begin to below its end. Shares are below 1, so a
 * window to 1 holds the last step.
 */
export const isWithin = (share: number, [from, to]: StepWindow): boolean => share >= from && share < to;

type Coefficients = Pick<ReverseStep, 'cX' | 'c0' | 'sigma'>;

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
  if (!(eta >= 0 && eta <= 1)) throw inputError('eta', `expected a number from 0 to 1, got ${eta}`);
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
 * Returns the noise levels of `count` reverse steps over a discrete schedule, the noisiest first. Networks see step t of T as
 * t * 1000 / T.
 *
 * @param steps T
 * @param count from 1 to T; fewer than T skip steps of the schedule
 * @param spacing `even` spreads the steps from the cleanest to the noisiest; `stride` takes every (T / count)-th step, beginning with the
 *   cleanest, as the original's `ddimN` does, and so starts below the noisiest
 * @throws InputError if the schedule cannot be divided into `count` steps
 */
export function discreteLevels(
  schedule: ScheduleName,
  steps: number,
  count = steps,
  spacing: 'even' | 'stride' = 'even',
): NoiseLevel[] {
  if (!(Number.isInteger(count) && count >= 1 && count <= steps)) {
    throw inputError(
      'steps',
      `expected a whole number from 1 to ${steps}, the number of steps of the model's schedule, got ${count}`,
    );
  }
  const kept = alphaBars(betasOf(schedule, steps));
  const indices = spacing === 'stride' ? strided(steps, count) : spread(steps, count);
  return indices.map((t) => ({ time: (t * 1000) / steps, alphaBar: kept[t]! })).reverse();
}

/**
 * Returns the noise levels of reverse steps on the sqrt schedule in continuous time, the noisiest first.
 *
 * @param times the number of steps, for even times from TIME_MAX down to 0, which the last step reaches; or decreasing times in
 *   (0, TIME_MAX]
 * @throws InputError
 */
export function continuousLevels(times: number | readonly number[]): NoiseLevel[] {
  return (typeof times === 'number' ? evenTimes(times) : checkedTimes(times)).map((time) => ({
    time,
    alphaBar: sqrtAlphaBar(time),
  }));
}

function evenTimes(count: number): number[] {
  if (!(Number.isInteger(count) && count >= 1)) throw inputError('steps', `expected a whole number from 1, got ${count}`);
  return Array.from({ length: count }, (_, i) => TIME_MAX * (1 - i / count));
}

function checkedTimes(times: readonly number[]): readonly number[] {
  const wrong = times.findIndex((time, i) => !(time > 0 && time <= TIME_MAX && (i === 0 || time < times[i - 1]!)));
  if (times.length > 0 && wrong < 0) return times;
  throw inputError(
    'times',
    `expected decreasing times above 0 and up to ${TIME_MAX}, got ${times.length === 0 ? 'none' : `${times[wrong]} at index ${wrong}`}`,
  );
}

/** Returns `count` of the steps 0 to T - 1, including both ends; the noisiest if `count` is 1. Sums and rounds as the original does. */
function spread(steps: number, count: number): number[] {
  if (count === 1) return [steps - 1];
  const stride = (steps - 1) / (count - 1);
  const kept: number[] = [];
  for (let at = 0; kept.length < count; at += stride) kept.push(roundToEven(at));
  return kept;
}

function roundToEven(x: number): number {
  const up = Math.round(x);
  return up - x === 0.5 && up % 2 === 1 ? up - 1 : up;
}

function strided(steps: number, count: number): number[] {
  const stride = Math.ceil(steps / count);
  if (Math.ceil(steps / stride) !== count) {
    throw inputError(
      'steps',
      `expected a count that a whole stride over ${steps} steps gives, got ${count}; choose another count or even spacing`,
    );
  }
  return Array.from({ length: count }, (_, i) => i * stride);
}

function table(
  levels: readonly NoiseLevel[],
  coefficients: (alphaBar: number, nextAlphaBar: number) => Coefficients,
): ReverseStep[] {
  return levels.map(({ time, alphaBar }, step) => {
    const next = levels[step + 1] ?? { time: 0, alphaBar: 1 };
    return { step, time, nextTime: next.time, alphaBar, nextAlphaBar: next.alphaBar, ...coefficients(alphaBar, next.alphaBar) };
  });
}
