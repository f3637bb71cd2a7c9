import type { Key } from '../base/random.js';
import { kMeans } from './k-means.js';

/** Scale c of the divergences in exp(-c KL). */
const SCALE = 5;
/** Number of mixtures on the divergence curve. */
const MIXTURES = 25;
/** Distance of the outermost mixtures from 0 and 1, where a divergence may be infinite. */
const EDGE = 1e-6;

/** The MAUVE of two sets of texts. */
export interface Mauve {
  /** 0 to 1. */
  readonly value: number;
  readonly clusters: number;
}

/**
 * Computes MAUVE (Pillutla et al. 2021, sections 2 and 3): both sets of texts are quantised together by k-means on their embeddings, and the
 * two histograms are compared by the area under their divergence curve. The clusters are a tenth as many as the texts of the smaller set, as
 * in the authors' code; unlike there, embeddings are not reduced by PCA first, and k-means runs once.
 *
 * @param texts embeddings with norm 1, one per text, [D]
 * @param human embeddings of the texts to compare with, likewise
 */
export function mauve(texts: readonly Float32Array[], human: readonly Float32Array[], key: Key): Mauve {
  const clusters = Math.max(2, Math.round(Math.min(texts.length, human.length) / 10));
  const assigned = kMeans([...texts, ...human], clusters, key);
  const histogram = (part: Int32Array): number[] => {
    const counts = new Array<number>(clusters).fill(0);
    for (const cluster of part) counts[cluster]!++;
    return counts.map((count) => count / part.length);
  };
  const q = histogram(assigned.subarray(0, texts.length));
  const p = histogram(assigned.subarray(texts.length));
  return { value: divergenceArea(p, q), clusters };
}

/**
 * Computes the area under the curve of (exp(-c KL(q | r)), exp(-c KL(p | r))) for the mixtures r = w p + (1 - w) q, from (1, 0) to (0, 1), by
 * trapezoids. As w grows the first falls and the second rises, so that the area is the same over either axis.
 *
 * @param p a histogram of sum 1
 * @param q another one over the same cells
 */
export function divergenceArea(p: readonly number[], q: readonly number[], scale = SCALE): number {
  let [x, y, area] = [1, 0, 0];
  const lineTo = (nextX: number, nextY: number): void => {
    area += ((x - nextX) * (y + nextY)) / 2;
    [x, y] = [nextX, nextY];
  };
  for (let i = 0; i < MIXTURES; i++) {
    const w = EDGE + (i / (MIXTURES - 1)) * (1 - 2 * EDGE);
    const r = p.map((value, cell) => w * value + (1 - w) * q[cell]!);
    lineTo(Math.exp(-scale * divergence(q, r)), Math.exp(-scale * divergence(p, r)));
  }
  lineTo(0, 1);
  return area;
}

/** Returns KL(a | b) in nats. */
function divergence(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, cell) => (value === 0 ? sum : sum + value * Math.log(value / b[cell]!)), 0);
}
