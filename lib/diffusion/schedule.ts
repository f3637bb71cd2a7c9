import { inputError } from '../base/errors.js';

/** The noise schedules of Diffusion-LM (Li et al. 2022, appendix A, and its code). */
export const SCHEDULES = ['linear', 'cosine', 'sqrt', 'trunc_cos', 'trunc_lin', 'pw_lin'] as const;
export type ScheduleName = (typeof SCHEDULES)[number];

/** The time of the noisiest level of the continuous schedule; alphaBar falls to 1e-6 a little later. */
export const TIME_MAX = 0.9995;

const BETA_MAX = 0.999;

/** A noise level of the latents. */
export interface NoiseLevel {
  /** The noise level as networks see it. */
  readonly time: number;
  /** Share of the signal's variance that is left, in (0, 1). */
  readonly alphaBar: number;
}

/**
 * Returns the variances that the steps of the forward process add, from the cleanest to the noisiest.
 *
 * @param steps T: at least 2, or 21 for the linear schedules, whose last beta must be below 1
 * @throws InputError if there are too few steps
 */
export function betasOf(name: ScheduleName, steps: number): Float64Array {
  const least = name.includes('lin') ? 21 : 2;
  if (!Number.isInteger(steps) || steps < least)
    throw inputError('steps', `expected ${least} or more for the schedule ${name}, got ${steps}`);
  const scale = 1000 / steps; // the linear schedules are defined for T = 1000 (Ho et al. 2020)
  const [low, high] = [scale * 1e-4, scale * 0.02];
  switch (name) {
    case 'linear':
      return evenly(low, high, steps);
    case 'trunc_lin':
      return evenly(low + 0.01, high + 0.01, steps);
    case 'pw_lin':
      return Float64Array.of(...evenly(low + 0.01, low, 10), ...evenly(low, high, steps - 10));
    case 'cosine': // Nichol and Dhariwal 2021, eq. 17
      return betasBetween((time) => Math.cos((((time + 0.008) / 1.008) * Math.PI) / 2) ** 2, steps);
    case 'sqrt':
      return betasBetween((time) => 1 - Math.sqrt(time + 1e-4), steps);
    case 'trunc_cos':
      return betasFromClean((time) => Math.cos((((time + 0.1) / 1.1) * Math.PI) / 2) ** 2, steps);
  }
}

/** Returns the share of the signal's variance that is left after each step: the cumulative product of 1 - beta. */
export function alphaBars(betas: Float64Array): Float64Array {
  let product = 1;
  return betas.map((beta) => (product *= 1 - beta));
}

/** Returns alphaBar of the sqrt schedule in continuous time. @param time from 0 to TIME_MAX */
export const sqrtAlphaBar = (time: number): number => Math.max(1 - Math.sqrt(time + 1e-4), 1e-6);

/** Counts alphaBar at time 0 as no noise at all, so the chain starts a little above the curve. */
function betasBetween(alphaBar: (time: number) => number, steps: number): Float64Array {
  return Float64Array.from({ length: steps }, (_, i) => Math.min(1 - alphaBar((i + 1) / steps) / alphaBar(i / steps), BETA_MAX));
}

/** Adds the noise of time 0 in the first step, so the chain follows the curve. */
function betasFromClean(alphaBar: (time: number) => number, steps: number): Float64Array {
  return Float64Array.of(Math.min(1 - alphaBar(0), BETA_MAX), ...betasBetween(alphaBar, steps).subarray(0, steps - 1));
}

function evenly(from: number, to: number, count: number): Float64Array {
  const step = (to - from) / (count - 1);
  return Float64Array.from({ length: count }, (_, i) => (i === count - 1 ? to : i * step + from));
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
  const indices = spacing === 'stride' ? strided(steps, count) : spread(steps, count);
  const kept = alphaBars(betasOf(schedule, steps));
  return indices.map((t) => ({ time: (t * 1000) / steps, alphaBar: kept[t]! })).reverse();
}

/**
 * Returns the noise levels of reverse steps on the sqrt schedule in continuous time, the noisiest first.
 *
 * @param times the number of steps, for times from TIME_MAX down to 0, which the last step reaches; or decreasing times in (0, TIME_MAX]
 * @param power times fall as (1 - i / steps)^power: evenly at 1. Below 1 more of them are noisy: cross-entropy rises roughly with the cube of
 *   time, so that it falls evenly at 1 / 3.
 * @throws InputError
 */
export function continuousLevels(times: number | readonly number[], power = 1): NoiseLevel[] {
  return (typeof times === 'number' ? fallingTimes(times, power) : checkedTimes(times)).map((time) => ({
    time,
    alphaBar: sqrtAlphaBar(time),
  }));
}

function fallingTimes(count: number, power: number): number[] {
  if (!(Number.isInteger(count) && count >= 1)) throw inputError('steps', `expected a whole number from 1, got ${count}`);
  return Array.from({ length: count }, (_, i) => TIME_MAX * (1 - i / count) ** power);
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
