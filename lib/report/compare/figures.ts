import type { Interval } from '../../metrics/bootstrap.js';

/** Replaces a missing figure. */
export const GAP = '-';

const cell =
  <T>(show: (value: T) => string) =>
  (value: T | undefined): string =>
    value === undefined ? GAP : show(value);

const hundred = (share: number): string => (100 * share).toFixed(1);

/** Formats a share as percent with its interval: `91.2 [88.1, 93.9]`. */
export const percentWithin = cell(({ mean, low, high }: Interval) => `${hundred(mean)} [${hundred(low)}, ${hundred(high)}]`);
export const percent = cell(hundred);
/** Formats nats with their interval: `2.31 [2.25, 2.38]`. */
export const natsWithin = cell(({ mean, low, high }: Interval) => `${mean.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`);
export const twoDigits = cell((value: number) => value.toFixed(2));
export const count = cell((value: number) => `${value}`);
/** Formats seconds with three significant digits, from `0.0123` to `123`. */
export const seconds = cell((value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3)));
