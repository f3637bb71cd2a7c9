/** Tokens that decide the choice among texts: one bad word makes a text bad, however good the others are. */
const DECISIVE = 3;

/** The least gains of a text or of its beginning. */
export interface LeastGains {
  /** In rising order, nats. */
  readonly gains: readonly number[];
  /** It only falls as a text goes on, since no gain is above 0. */
  readonly sum: number;
}

export const NO_GAINS: LeastGains = { gains: [], sum: 0 };

/** Returns the sum of the least gains after another token. This runs for every token that may follow a beam. */
export function sumWith({ gains, sum }: LeastGains, gain: number): number {
  if (gains.length < DECISIVE) return sum + gain;
  return sum + Math.min(0, gain - gains[DECISIVE - 1]!);
}

/** Returns the least gains after another token. */
export const leastWith = (least: LeastGains, gain: number): LeastGains => ({
  gains: [...least.gains, gain].sort((a, b) => a - b).slice(0, DECISIVE),
  sum: sumWith(least, gain),
});

/** Returns the sum of the three least likely tokens of a text under both models, nats; all of them if it has fewer. */
export const leastGains = ({ gains }: { readonly gains: readonly number[] }): number => gains.reduce(leastWith, NO_GAINS).sum;
