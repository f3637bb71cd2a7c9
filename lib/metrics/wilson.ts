/** A share with a 95 % interval. */
export interface RateInterval {
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/** Standard normal quantile of 97.5 %. */
const Z = 1.959963984540054;

/**
 * Returns a share and its 95 % score interval (Wilson 1927, equation for p), which keeps close to 95 % also for few trials and for shares
 * near 0 and 1 (Brown, Cai and DasGupta 2001, section 4).
 *
 * @param successes from 0 to `trials`
 * @param trials independent trials; 0 gives a rate of NaN and the interval from 0 to 1
 */
export function wilson(successes: number, trials: number): RateInterval {
  if (trials === 0) return { rate: NaN, low: 0, high: 1 };
  const rate = successes / trials;
  const share = Z ** 2 / trials;
  const centre = (rate + share / 2) / (1 + share);
  const half = (Z * Math.sqrt((rate * (1 - rate)) / trials + share / (4 * trials))) / (1 + share);
  return {
    rate,
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === trials ? 1 : Math.min(1, centre + half),
  };
}
