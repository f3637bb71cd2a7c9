import type { Reweigh, Writing } from './sample-texts.js';

/**
 * ln p(control | prefix and candidate) of the candidates of each text, nats.
 *
 * @param candidates tokens that may follow each text's prefix, [K] each
 * @returns [K] each
 */
export type ControlOdds = (texts: readonly Writing[], candidates: readonly Int32Array[]) => Promise<readonly Float32Array[]>;

export interface FudgeOptions {
  /** Only so many of the likeliest next tokens are asked for; no other follows. */
  readonly topK: number;
  /** Multiplies ln p(control | prefix and candidate): 1 is Bayes' rule. */
  readonly strength: number;
}

/**
 * FUDGE (Yang and Klein 2021, arXiv 2104.05218, eq. 2): p(next | prefix, controls) in proportion to p(next | prefix) times
 * p(control | prefix and next) of each control, as if they were independent.
 */
export function fudge(controls: readonly ControlOdds[], { topK, strength }: FudgeOptions): Reweigh {
  return async (texts, logProbs) => {
    const candidates = logProbs.map((row) => likeliest(row, topK));
    const reweighed = logProbs.map((row) => new Float32Array(row.length).fill(-Infinity));
    candidates.forEach((row, i) => row.forEach((id) => (reweighed[i]![id] = logProbs[i]![id]!)));
    for (const control of controls) {
      const odds = await control(texts, candidates);
      candidates.forEach((row, i) => row.forEach((id, k) => (reweighed[i]![id]! += strength * odds[i]![k]!)));
    }
    return reweighed;
  };
}

/** The `count` likeliest tokens, of equals the first. */
function likeliest(logProbs: Float32Array, count: number): Int32Array {
  const order = Int32Array.from(logProbs.keys());
  return order.sort((a, b) => logProbs[b]! - logProbs[a]! || a - b).slice(0, count);
}
