import { type Key, permutation, split } from '../../base/random.js';

/** A vector with few values that are not 0. */
export interface SparseVector {
  /** Indices, each once. */
  readonly ids: Int32Array;
  readonly values: Float64Array;
}

export interface SvmOptions {
  /** Cost of an error relative to the norm of the weights (C). */
  readonly cost: number;
  readonly key: Key;
}

/** Range of the projected gradients at which a fit has converged: the value of LIBLINEAR. */
const TOLERANCE = 0.1;
const MOST_PASSES = 200;

/**
 * Fits a linear support-vector machine, one class against the rest, with squared hinge loss: dual coordinate descent (Hsieh et al. 2008,
 * algorithm 1), as in LIBLINEAR, with a bias as a feature of value 1.
 *
 * @param classes class of each row, from 0
 * @param features number of features
 * @returns a function that gives the most likely class of a row
 */
export function fitLinearSvm(
  rows: readonly SparseVector[],
  classes: readonly number[],
  features: number,
  { cost, key }: SvmOptions,
): (row: SparseVector) => number {
  const count = Math.max(...classes) + 1;
  const weights = Array.from({ length: count }, (_, c) => {
    const signs = classes.map((own) => (own === c ? 1 : -1));
    return fitOne(rows, signs, features, { cost, key: split(key, c) });
  });
  return (row) => {
    const margins = weights.map((own) => margin(own, row));
    return margins.indexOf(Math.max(...margins));
  };
}

/** Returns the weights that tell rows of sign 1 from those of sign -1, [features + 1], the bias last. */
export function fitOne(
  rows: readonly SparseVector[],
  signs: readonly number[],
  features: number,
  { cost, key }: SvmOptions,
): Float64Array {
  const weights = new Float64Array(features + 1);
  const alphas = new Float64Array(rows.length);
  const diagonal = 1 / (2 * cost);
  const squares = rows.map(({ values }) => values.reduce((sum, value) => sum + value * value, 1 + diagonal));
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    let [least, most] = [Infinity, -Infinity];
    for (const r of permutation(split(key, pass), rows.length)) {
      const row = rows[r]!;
      const sign = signs[r]!;
      const gradient = sign * margin(weights, row) - 1 + diagonal * alphas[r]!;
      const projected = alphas[r] === 0 ? Math.min(gradient, 0) : gradient;
      least = Math.min(least, projected);
      most = Math.max(most, projected);
      if (projected === 0) continue;
      const before = alphas[r]!;
      alphas[r] = Math.max(0, before - gradient / squares[r]!);
      add(weights, row, (alphas[r]! - before) * sign);
    }
    if (most - least < TOLERANCE) break;
  }
  return weights;
}

function margin(weights: Float64Array, { ids, values }: SparseVector): number {
  let sum = weights[weights.length - 1]!;
  for (let i = 0; i < ids.length; i++) sum += weights[ids[i]!]! * values[i]!;
  return sum;
}

function add(weights: Float64Array, { ids, values }: SparseVector, factor: number): void {
  for (let i = 0; i < ids.length; i++) weights[ids[i]!]! += factor * values[i]!;
  weights[weights.length - 1]! += factor;
}
