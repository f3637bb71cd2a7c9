import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/**
 * A key of a stream of random numbers. Each part of the work splits off a key of its own, so that a number depends on the seed and on
 * its position in the work, never on what was drawn before it.
 */
export interface Key {
  readonly path: string;
}

/** Returns the root key of a random seed. */
export const keyOf = (seed: number): Key => ({ path: `${seed}` });

/** Derives the key of a part: `split(key, 'shard', 3)`. */
export const split = (key: Key, ...labels: readonly (string | number)[]): Key => ({ path: [key.path, ...labels].join('/') });

function hashOfPath(path: string): DataView {
  const { buffer, byteOffset } = createHash('sha256').update(path).digest();
  return new DataView(buffer, byteOffset);
}

function generator({ path }: Key): RandomGenerator {
  const hash = hashOfPath(path);
  return xoroshiro128plusFromState([0, 4, 8, 12].map((at) => hash.getInt32(at, true)));
}

/** Returns a 31-bit seed that identifies a key in results. */
export const seedOf = (key: Key): number => hashOfPath(key.path).getUint32(0, true) >>> 1;

/** Draws `n` standard normal numbers (Box and Muller 1958). */
export function normal(key: Key, n: number): Float32Array {
  const random = generator(key);
  const out = new Float32Array(n);
  for (let i = 0; i < n; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(random))); // 1 - u is in (0, 1]
    const angle = 2 * Math.PI * uniformFloat64(random);
    out[i] = radius * Math.cos(angle);
    if (i + 1 < n) out[i + 1] = radius * Math.sin(angle);
  }
  return out;
}

/** Draws `n` numbers from [0, 1). */
export function uniform(key: Key, n: number): Float64Array {
  const random = generator(key);
  return Float64Array.from({ length: n }, () => uniformFloat64(random));
}

/**
 * Draws an index in proportion to its weight; the last one if all weights are 0.
 *
 * @param u a uniform number in [0, 1)
 */
export function weightedIndex(weights: readonly number[], u: number): number {
  let left = u * weights.reduce((a, b) => a + b, 0);
  const index = weights.findIndex((weight) => (left -= weight) < 0);
  if (index >= 0) return index;
  const last = weights.findLastIndex((weight) => weight > 0); // rounding made the weights fall short of their sum
  return last >= 0 ? last : weights.length - 1;
}

/** Returns the numbers 0 to n - 1 in random order (Fisher and Yates). */
export function permutation(key: Key, n: number): Int32Array {
  const random = generator(key);
  const out = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = uniformInt(random, 0, i);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}
