import { type Key, split, uniform } from '../../base/random.js';
import { type Interval, REPLICATES } from '../../metrics/bootstrap.js';

/** Hits of a method: 1 if the label of a held-out row was found, else 0; [seeds, rows]. */
export type Hits = readonly (readonly number[])[];

/**
 * Returns the mean of a value per seed and held-out row with its 95 % percentile interval. Seeds and rows are both drawn with replacement,
 * so that the interval covers other random seeds and other held-out rows.
 *
 * @param values [seeds, rows]
 */
export function crossedBootstrap(values: Hits, key: Key): Interval {
  const seeds = values.length;
  const rows = values[0]!.length;
  const means = new Float64Array(REPLICATES);
  for (let r = 0; r < REPLICATES; r++) {
    const times = new Float64Array(rows);
    for (const u of uniform(split(key, r, 'rows'), rows)) times[Math.floor(u * rows)]!++;
    let sum = 0;
    for (const u of uniform(split(key, r, 'seeds'), seeds))
      values[Math.floor(u * seeds)]!.forEach((value, i) => (sum += value * times[i]!));
    means[r] = sum / (seeds * rows);
  }
  means.sort();
  const mean = values.flat().reduce((a, b) => a + b, 0) / (seeds * rows);
  return { mean, low: means[Math.floor(0.025 * REPLICATES)]!, high: means[Math.ceil(0.975 * REPLICATES) - 1]! };
}

/** Returns the difference of two methods for each seed and row, a - b. */
export const differences = (a: Hits, b: Hits): number[][] => a.map((row, s) => row.map((value, i) => value - b[s]![i]!));
