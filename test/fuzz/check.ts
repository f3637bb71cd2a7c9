import fc from 'fast-check';
import { DiffusteerError } from '../../lib/base/errors.js';
import type { FuzzedReader } from './readers.js';

/** Limits of one case: processor seconds of this process, which other programs do not lengthen as they do the time that passes. */
const LIMITS = { seconds: 2, bytes: 500e6 };

/**
 * Reads random inputs. @throws Error with the seed and the smallest input that crashes the reader, or takes longer or more memory than
 * allowed
 */
export async function fuzz({ inputs, read }: FuzzedReader, cases: number, seed?: number, limits = LIMITS): Promise<void> {
  const property = fc.asyncProperty(inputs, async (input) => {
    const begun = process.cpuUsage();
    const memory = process.memoryUsage.rss();
    try {
      await read(input as never);
    } catch (error) {
      if (!(error instanceof DiffusteerError)) throw error;
    }
    const { user, system } = process.cpuUsage(begun);
    if (user + system > limits.seconds * 1e6) throw new Error(`took ${(user + system) / 1e6} seconds`);
    const more = process.memoryUsage.rss() - memory;
    if (more > limits.bytes) throw new Error(`took ${Math.round(more / 1e6)} MB`);
  });
  await fc.assert(property, { numRuns: cases, ...(seed !== undefined && { seed }) });
}
