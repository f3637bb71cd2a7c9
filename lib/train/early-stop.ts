import type { LogLine } from './log.js';

/** The course of the validation, by which a training ends early. */
export interface ValidationProgress {
  /** Step of the best validation; 0 before the first one. */
  readonly bestStep: number;
  /** Number of measurements since the best one. */
  readonly since: number;
}

/** Returns the mean of a measurement's cross-entropies in nats; undefined for a line without a validation. */
export function validationMean({ validation }: LogLine): number | undefined {
  if (typeof validation !== 'object' || validation === null) return undefined;
  const nats = Object.values(validation as Record<string, number>);
  return nats.length === 0 ? undefined : nats.reduce((a, b) => a + b, 0) / nats.length;
}

/** Returns where a training stands by the lines of its log. The log alone decides, so that a resumed run ends at the same step. */
export function progressOf(lines: readonly LogLine[]): ValidationProgress {
  let best = Infinity;
  let [bestStep, since] = [0, 0];
  for (const line of lines) {
    const mean = validationMean(line);
    if (mean === undefined) continue;
    since++;
    if (mean < best) [best, bestStep, since] = [mean, line.step, 0];
  }
  return { bestStep, since };
}
