import { type Key, split, uniform } from '../base/random.js';
import type { ClusterSums, Statistic } from './cluster-sums.js';

/** The settings of a bootstrap. */
export interface BootstrapOptions {
  readonly key: Key;
  /** Number of resamples. Default 1000. */
  readonly replicates?: number;
}

export const REPLICATES = 1000;

/** A statistic with its 95 % interval. */
export interface Interval {
  /** Over all texts. */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Computes 95 % percentile bootstrap intervals (Efron and Tibshirani 1993, section 13.3). Targets are drawn with replacement, each with all
 * its texts (cluster bootstrap: texts of a target resemble each other). Sums are resampled before they are divided, so that a ratio of sums
 * is resampled as a ratio. A resample in which a statistic is undefined (no text of it has the guide) does not count for it.
 *
 * @returns for each statistic, its value over all texts and the interval
 */
export function bootstrap<N extends string>(
  sums: ClusterSums,
  statistics: Readonly<Record<N, Statistic>>,
  { key, replicates = REPLICATES }: BootstrapOptions,
): Record<N, Interval> {
  const names = Object.keys(statistics) as N[];
  const drawn = new Map(names.map((name) => [name, new Float64Array(replicates)] as const));
  for (let r = 0; r < replicates; r++) {
    const sum = resampled(sums, drawnTimes(sums.size, split(key, 'replicate', r)));
    for (const name of names) drawn.get(name)![r] = statistics[name](sum);
  }
  return Object.fromEntries(
    names.map((name) => [name, { mean: sums.total(statistics[name]), ...central(drawn.get(name)!) }]),
  ) as Record<N, Interval>;
}

/** A comparison of two runs over the targets that both have. */
export interface PairedComparison {
  readonly a: Interval;
  readonly b: Interval;
  /** b - a. */
  readonly difference: Interval;
  /**
   * Two-sided p-value: twice the smaller share of resamples with a difference at most 0, or at least 0; each count plus one, so that it is
   * never 0 (Davison and Hinkley 1997, section 4.2.1).
   */
  readonly p: number;
  /** Number of targets that both runs have. */
  readonly targets: number;
}

/**
 * Compares two runs by a paired bootstrap (Koehn 2004; here over targets): both are resampled by the same draw of their common targets, so
 * that the difficulty of a target does not blur the difference.
 */
export function pairedBootstrap(
  a: ClusterSums,
  b: ClusterSums,
  statistic: Statistic,
  { key, replicates = REPLICATES }: BootstrapOptions,
): PairedComparison {
  const inB = new Set(b.clusters);
  const common = a.clusters.filter((cluster) => inB.has(cluster));
  const [ofA, ofB] = [a.restrictedTo(common), b.restrictedTo(common)];
  const drawn = { a: new Float64Array(replicates), b: new Float64Array(replicates), difference: new Float64Array(replicates) };
  for (let r = 0; r < replicates; r++) {
    const times = drawnTimes(common.length, split(key, 'replicate', r));
    drawn.a[r] = statistic(resampled(ofA, times));
    drawn.b[r] = statistic(resampled(ofB, times));
    drawn.difference[r] = drawn.b[r]! - drawn.a[r]!;
  }
  const [meanA, meanB] = [ofA.total(statistic), ofB.total(statistic)];
  return {
    a: { mean: meanA, ...central(drawn.a) },
    b: { mean: meanB, ...central(drawn.b) },
    difference: { mean: meanB - meanA, ...central(drawn.difference) },
    p: twoSided(drawn.difference),
    targets: common.length,
  };
}

/** Counts how often each of n targets is drawn in a resample of n. */
function drawnTimes(n: number, key: Key): Float64Array {
  const times = new Float64Array(n);
  for (const u of uniform(key, n)) {
    const target = Math.floor(u * n);
    times[target] = times[target]! + 1;
  }
  return times;
}

/** Returns the sums of columns over a resample; each is computed once. */
function resampled(sums: ClusterSums, times: Float64Array): (column: string) => number {
  const known = new Map<string, number>();
  return (name) => {
    let sum = known.get(name);
    if (sum !== undefined) return sum;
    const column = sums.column(name);
    sum = 0;
    for (let i = 0; i < times.length; i++) sum += times[i]! * column[i]!;
    known.set(name, sum);
    return sum;
  };
}

/** Returns the ends of the central 95 %, by linear interpolation between the ordered values. */
function central(values: Float64Array): { low: number; high: number } {
  const ordered = values.filter((value) => !Number.isNaN(value)).sort();
  return { low: quantile(ordered, 0.025), high: quantile(ordered, 0.975) };
}

function quantile(ordered: Float64Array, share: number): number {
  const at = share * (ordered.length - 1);
  const below = ordered[Math.floor(at)];
  const above = ordered[Math.ceil(at)];
  return below === undefined || above === undefined ? NaN : below + (at - Math.floor(at)) * (above - below);
}

function twoSided(differences: Float64Array): number {
  const defined = differences.filter((d) => !Number.isNaN(d));
  const share = (isBeyond: (d: number) => boolean): number => (defined.filter(isBeyond).length + 1) / (defined.length + 1);
  return Math.min(
    1,
    2 *
      Math.min(
        share((d) => d <= 0),
        share((d) => d >= 0),
      ),
  );
}
