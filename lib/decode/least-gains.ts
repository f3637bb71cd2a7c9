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

/** Returns the gain that a token must exceed, so that the sum of the least gains after it exceeds `above`; Infinity if none can. */
export function gainToExceed({ gains, sum }: LeastGains, above: number): number {
  if (gains.length < DECISIVE) return above - sum;
  return sum > above ? above - sum + gains[DECISIVE - 1]! : Infinity;
}

/** Returns the least gains after another token. */
export function leastWith({ gains, sum }: LeastGains, gain: number): LeastGains {
  const replaced = gains.length < DECISIVE ? 0 : gains[DECISIVE - 1]!;
  return { gains: [...gains, gain].sort((a, b) => a - b).slice(0, DECISIVE), sum: sum + Math.min(0, gain - replaced) };
}

/** Returns the sum of the three least likely tokens of a text under both models, nats; all of them if it has fewer. */
export const leastGains = ({ gains }: { readonly gains: readonly number[] }): number => gains.reduce(leastWith, NO_GAINS).sum;
