import { DiffusteerError } from '../../base/errors.js';
import { tf } from '../tf.js';
import type { Device, HostTensor } from '../types.js';

const SIZE = 512;
const BUDGET_MS = 300;
const FLOP = 2 * SIZE ** 3;

/** Returns small integers, whose products and sums are exact in float32. */
const matrix = (factor: number): HostTensor => ({
  dtype: 'float32',
  shape: [SIZE, SIZE],
  data: Float32Array.from({ length: SIZE * SIZE }, (_, i) => ((i * factor) % 7) - 3),
});

/**
 * Measures the speed of a device at the product of two 512 x 512 matrices, in GFLOP/s: the fastest run within about 0.3 s.
 * @throws DiffusteerError if the product is wrong
 */
export async function measureGflops(device: Device): Promise<number> {
  const [a, b] = [matrix(5), matrix(11)];
  const program = await device.compile(
    ({ a, b }) => ({ row: tf.slice(tf.matMul(a!, b!), [1, 0], [1, SIZE]) }),
    ['a', 'b'].map((name) => ({ name, shape: [SIZE, SIZE] })),
  );
  const feeds = { a: device.put(a), b: device.put(b) };
  let bestMs = Infinity;
  for (const start = performance.now(); performance.now() - start < BUDGET_MS;) {
    const before = performance.now();
    const { row } = await program.run(feeds);
    bestMs = Math.min(bestMs, performance.now() - before);
    checkRow(row!, a, b);
  }
  for (const resident of Object.values(feeds)) resident.dispose();
  await program.dispose();
  return FLOP / bestMs / 1e6;
}

/** Compares the second row of the product with the same sums in float64. */
function checkRow(row: HostTensor, a: HostTensor, b: HostTensor): void {
  for (let column = 0; column < SIZE; column += 37) {
    let expected = 0;
    for (let k = 0; k < SIZE; k++) expected += a.data[SIZE + k]! * b.data[k * SIZE + column]!;
    if (row.data[column] !== expected)
      throw new DiffusteerError(`a matrix product is wrong: expected ${expected}, got ${row.data[column]}`);
  }
}
