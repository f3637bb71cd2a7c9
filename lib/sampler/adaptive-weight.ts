/** How a guide's weight finds its own size. */
export interface AdaptiveOptions {
  /** Log-probability that the guide shall reach at the end of its window, in nats. */
  readonly logProb: number;
  /** Bounds of the weight. */
  readonly min: number;
  readonly max: number;
}

/** What a controller did to a row. */
export interface WeightRecord {
  readonly first: number;
  readonly mean: number;
  readonly last: number;
}

/** The weights of a guide in the rows of a batch, which follow its log-probabilities. */
export interface WeightController {
  /** The weights of the coming step, [B]. */
  weights(): Float32Array;
  /**
   * What the guide said in a step.
   *
   * @param share of the way through the reverse steps, step / steps
   * @param logProbs of the rows, [B] nats
   */
  observe(share: number, logProbs: Float32Array): void;
  /** Goes on with the rows of other trajectories: of each row the row that it becomes. */
  follow(rows: Int32Array): void;
  /** Over the steps that were observed. */
  record(row: number): WeightRecord;
}

/** By what factor the weight that is remembered changes a step, at most. */
const FASTEST = Math.exp(0.1);
/** By what factor the weight of a step differs from it, at most: what answers at once keeps what is remembered from overshooting. */
const AT_ONCE = Math.exp(1.5);
/** Share of the log-probability that is aimed at by which it must be missed for either to change that much. */
const FAR = 0.3;
/** Nats: so small a miss of a control that nearly holds counts for little. */
const SMALLEST_SCALE = 0.5;

/**
 * Raises a row's weight where the guide's log-probability lags behind its course, and lowers it where it is ahead: a proportional and
 * integral controller of the logarithm of the weight. The course goes from what the guide said first, when hardly anything had been
 * steered, to `logProb` at the end of the window, and is straight in the logarithm of the nats that are missing.
 *
 * @param window shares of the reverse steps between which the guide acts
 */
export function weightController(rows: number, window: readonly [number, number], options: AdaptiveOptions): WeightController {
  const bounded = (weight: number) => Math.min(options.max, Math.max(options.min, weight));
  const remembered = new Float64Array(rows).fill(bounded(1));
  const weights = Float32Array.from(remembered);
  const used: Float32Array[] = [];
  let first: Float32Array | undefined;
  return {
    weights: () => weights.slice(),
    observe(share, logProbs) {
      used.push(weights.slice());
      first ??= logProbs.slice();
      for (let row = 0; row < rows; row++) {
        const aim = aimAt(share, first[row]!, window, options.logProb);
        const miss = (aim - logProbs[row]!) / (FAR * Math.max(-aim, SMALLEST_SCALE));
        const answer = Math.min(1, Math.max(-1, miss));
        remembered[row] = bounded(remembered[row]! * FASTEST ** answer);
        weights[row] = bounded(remembered[row]! * AT_ONCE ** answer);
      }
    },
    follow(rows) {
      for (const of of [remembered, weights, ...(first ? [first] : []), ...used]) of.set(Array.from(rows, (row) => of[row]!));
    },
    record(row) {
      const of = used.map((step) => step[row]!);
      const [first = weights[row]!] = of;
      return { first, mean: mean(of.length > 0 ? of : [first]), last: of.at(-1) ?? first };
    },
  };
}

/** Nats that always count as missing: their logarithm is taken. */
const LEAST_MISSING = 1e-3;

/** The log-probability to have at a share of the way, of a row that began with `first`. */
function aimAt(share: number, first: number, [from, to]: readonly [number, number], logProb: number): number {
  if (first >= logProb) return logProb;
  const way = Math.min(1, Math.max(0, (share - from) / (to - from)));
  const [begin, end] = [first, logProb].map((nats) => Math.log(Math.max(-nats, LEAST_MISSING))) as [number, number];
  return -Math.exp(begin + (end - begin) * way);
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
