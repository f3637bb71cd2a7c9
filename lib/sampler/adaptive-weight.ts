import type { StepWindow } from '../diffusion/index.js';
import type { RunStep, StepObserver, StepSight } from './observer.js';

/** How a guide adapts its weight. */
export interface AdaptiveOptions {
  /** Log-probability to reach at the end of the guide's window, nats. */
  readonly logProb: number;
  /** Bounds of the weight. */
  readonly min: number;
  readonly max: number;
}

/** The weights that a row has used. */
export interface WeightRecord {
  readonly first: number;
  readonly mean: number;
  readonly last: number;
}

/** The weights of a guide in the rows of a batch, which follow its log-probabilities. */
export interface AdaptiveWeight extends StepObserver {
  after(step: RunStep, seen: StepSight): undefined;
  /** Returns the weights of a row over the steps in which the guide acted. */
  record(row: number): WeightRecord;
}

/** Factor by which the remembered weight changes in one step, at most. */
const FASTEST = Math.exp(0.1);
/** Factor by which the weight of a step differs from the remembered one, at most. This immediate response damps overshoot. */
const AT_ONCE = Math.exp(1.5);
/** Miss of the target log-probability, as a share of it, at which both factors reach their maximum. */
const FAR = 0.3;
/** Nats. Keeps the miss of a control that nearly holds from counting for much. */
const SMALLEST_SCALE = 0.5;

/**
 * Returns weights that rise in a row when the guide's log-probability lags behind its course and fall when it is ahead: a
 * proportional-integral controller of the logarithm of the weight. The course starts at the guide's first log-probability, when hardly
 * anything has been steered, and ends at `logProb` at the end of the window; the logarithm of the missing nats falls linearly.
 *
 * @param guide index of the latent guide, which must be `watched`
 * @param rows size of the batch
 * @param window shares of the reverse steps between which the guide acts
 */
export function adaptiveWeight(guide: number, rows: number, window: StepWindow, options: AdaptiveOptions): AdaptiveWeight {
  const bounded = (weight: number) => Math.min(options.max, Math.max(options.min, weight));
  const remembered = new Float64Array(rows).fill(bounded(1));
  const weights = Float32Array.from(remembered);
  const used: Float32Array[] = []; // by step, [B] each
  let first: Float32Array | undefined;
  return {
    before(_, ancestors) {
      if (ancestors)
        for (const values of [remembered, weights, ...(first ? [first] : []), ...used])
          values.set(Array.from(ancestors, (row) => values[row]!));
      return { weights: { [guide]: weights.slice() }, logProbs: [guide] };
    },
    after({ share }, seen) {
      const logProbs = seen.logProbs.get(guide);
      if (logProbs === undefined) return undefined;
      used.push(weights.slice());
      first ??= logProbs.slice();
      for (let row = 0; row < rows; row++) {
        const aim = aimAt(share, first[row]!, window, options.logProb);
        const miss = (aim - logProbs[row]!) / (FAR * Math.max(-aim, SMALLEST_SCALE));
        const response = Math.min(1, Math.max(-1, miss));
        remembered[row] = bounded(remembered[row]! * FASTEST ** response);
        weights[row] = bounded(remembered[row]! * AT_ONCE ** response);
      }
      return undefined;
    },
    record(row) {
      const ofRow = used.map((step) => step[row]!);
      const [first = weights[row]!] = ofRow;
      return { first, mean: mean(ofRow.length > 0 ? ofRow : [first]), last: ofRow.at(-1) ?? first };
    },
  };
}

/** Nats that always count as missing, because their logarithm is taken. */
const LEAST_MISSING = 1e-3;

/** Returns the log-probability that a row, which began with `first`, should have at a share of the reverse steps. */
function aimAt(share: number, first: number, [from, to]: StepWindow, logProb: number): number {
  if (first >= logProb) return logProb;
  const way = Math.min(1, Math.max(0, (share - from) / (to - from)));
  const [begin, end] = [first, logProb].map((nats) => Math.log(Math.max(-nats, LEAST_MISSING))) as [number, number];
  return -Math.exp(begin + (end - begin) * way);
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
