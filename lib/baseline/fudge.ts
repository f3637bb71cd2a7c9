import type { Reweigh, Writing } from './sample-texts.js';

/**
 * Returns ln p(control | prefix and candidate) for the candidates of each text, nats.
 *
 * @param candidates tokens that may follow each text's prefix, [K] each
 * @returns log-probabilities, [K] each
 */
export type ControlOdds = (texts: readonly Writing[], candidates: readonly Int32Array[]) => Promise<readonly Float32Array[]>;

export interface FudgeOptions {
  /** Number of the most likely next tokens that the controls score; no other token can follow. */
  readonly topK: number;
  /** Multiplies ln p(control | prefix and candidate): 1 is Bayes' rule. */
  readonly strength: number;
}

/**
 * Returns the reweighting of FUDGE (Yang and Klein 2021, arXiv 2104.05218, eq. 2): p(next | prefix, controls) is proportional to p(next | prefix)
 * times p(control | prefix and next) for each control, taking the controls as independent.
 */
export function fudge(controls: readonly ControlOdds[], { topK, strength }: FudgeOptions): Reweigh {
  return async (texts, logProbs) => {
    const candidates = logProbs.map((row) => mostLikely(row, topK));
    const reweighed = logProbs.map((row) => new Float32Array(row.length).fill(-Infinity));
    candidates.forEach((row, i) => row.forEach((id) => (reweighed[i]![id] = logProbs[i]![id]!)));
    for (const control of controls) {
      const odds = await control(texts, candidates);
      candidates.forEach((row, i) => row.forEach((id, k) => (reweighed[i]![id]! += strength * odds[i]![k]!)));
    }
    return reweighed;
  };
}

/** Returns the `count` most likely tokens, the first among equals. */
function mostLikely(logProbs: Float32Array, count: number): Int32Array {
  const order = Int32Array.from(logProbs.keys());
  return order.sort((a, b) => logProbs[b]! - logProbs[a]! || a - b).slice(0, count);
}
