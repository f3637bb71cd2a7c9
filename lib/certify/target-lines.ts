import type { CertifyConfig, Target } from '../config/index.js';
import type { Acceptance, TargetTally } from './selection.js';

export const TARGETS_FILE = 'targets.jsonl';

/** A line of targets.jsonl: what a target needed. */
export interface TargetLine extends Omit<TargetTally, 'raised'> {
  readonly fields: Target['fields'];
  readonly served: boolean;
  /** Factors that the weights of guides have reached. */
  readonly weights: Readonly<Record<string, number>>;
  /** Why it was not served: the reasons of its refused candidates, the most frequent first. */
  readonly why?: string;
}

/** Returns what each target needed, in the order of the targets. */
export const targetLines = (
  { tallies }: Acceptance,
  targets: readonly Target[],
  { perTarget, weights: { step, most } }: CertifyConfig,
): TargetLine[] =>
  tallies.map(({ raised, ...tally }) => {
    const served = tally.accepted >= perTarget;
    return {
      ...tally,
      served,
      weights: Object.fromEntries(Object.entries(raised).map(([guide, times]) => [guide, Math.min(most, step ** times)])),
      ...(!served && { why: whyNotServed(tally, perTarget) }),
      fields: targets[tally.target]!.fields,
    };
  });

function whyNotServed({ accepted, tried, failed }: Omit<TargetTally, 'raised'>, perTarget: number): string {
  const reasons = Object.entries(failed).sort(([, a], [, b]) => b - a);
  const told = reasons.map(([reason, times]) => `${times} ${reason}`).join(', ');
  return `${accepted} of ${perTarget} after ${tried} candidates; failed: ${told}`;
}

/** Returns the text of a JSON Lines file. */
export const jsonLinesOf = (values: readonly object[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');
