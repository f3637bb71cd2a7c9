import { split, uniform, type Key, weightedIndex } from '../base/random.js';

type Vector = Float32Array;

const ROUNDS = 100;

/**
 * Assigns each vector to a cluster by Lloyd's algorithm from a k-means++ start (Arthur and Vassilvitskii 2007), until no vector changes its
 * cluster, for at most 100 rounds. A cluster that becomes empty keeps its centre.
 */
export function kMeans(vectors: readonly Vector[], clusters: number, key: Key): Int32Array {
  const centres = spreadCentres(vectors, clusters, key);
  const assigned = new Int32Array(vectors.length).fill(-1);
  for (let round = 0; round < ROUNDS; round++) {
    const nearest = Int32Array.from(vectors, (vector) => nearestOf(vector, centres).index);
    if (nearest.every((cluster, i) => cluster === assigned[i])) break;
    assigned.set(nearest);
    moveToMeans(centres, vectors, assigned);
  }
  return assigned;
}

/** Draws each further centre among the vectors, in proportion to the squared distance from the nearest centre so far. */
function spreadCentres(vectors: readonly Vector[], clusters: number, key: Key): Vector[] {
  const draws = uniform(split(key, 'centres'), clusters);
  const centres = [Float32Array.from(vectors[Math.floor(draws[0]! * vectors.length)]!)];
  const distances = vectors.map((vector) => squared(vector, centres[0]!));
  while (centres.length < clusters) {
    const centre = Float32Array.from(vectors[weightedIndex(distances, draws[centres.length]!)]!);
    centres.push(centre);
    vectors.forEach((vector, i) => (distances[i] = Math.min(distances[i]!, squared(vector, centre))));
  }
  return centres;
}

function moveToMeans(centres: Vector[], vectors: readonly Vector[], assigned: Int32Array): void {
  const sums = centres.map(({ length }) => new Float64Array(length));
  const counts = centres.map(() => 0);
  vectors.forEach((vector, i) => {
    const cluster = assigned[i]!;
    counts[cluster]!++;
    vector.forEach((value, d) => (sums[cluster]![d]! += value));
  });
  counts.forEach((count, cluster) => {
    if (count > 0) centres[cluster] = Float32Array.from(sums[cluster]!, (value) => value / count);
  });
}

function nearestOf(vector: Vector, centres: readonly Vector[]): { index: number; distance: number } {
  let best = { index: 0, distance: Infinity };
  centres.forEach((centre, index) => {
    const distance = squared(vector, centre);
    if (distance < best.distance) best = { index, distance };
  });
  return best;
}

function squared(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}
