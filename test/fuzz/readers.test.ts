import { expect } from 'chai';
import fc from 'fast-check';
import { inspect } from 'node:util';
import { withFolder } from '../tiny-model.js';
import { fuzz } from './check.js';
import { fuzzedReaders } from './readers.js';

/** Cases per reader; `npm run fuzz` tries many more. */
const CASES = 1000;

describe('readers of random input', function () {
  this.timeout(300_000);

  it('end with a result or a named error, in time and in little memory', () =>
    withFolder(async (folder) => {
      const readers = await fuzzedReaders(folder);
      for (const reader of readers) if (!reader.waits) await fuzz(reader, CASES);
      const waiting = readers.filter(({ waits }) => waits).map((reader) => fuzz(reader, CASES)); // at the same time
      for (const result of await Promise.allSettled(waiting)) if (result.status === 'rejected') throw result.reason;
    }));

  it('are caught if they crash or take long, with the seed and the smallest input', async () => {
    const failure = (inputs: fc.Arbitrary<string>, read: (input: string) => unknown) =>
      fuzz({ name: 'x', inputs, read }, 1000, 7, { seconds: 0.2, bytes: 500e6 }).then(() => 'nothing', inspect);
    expect(await failure(fc.string(), (text) => text.length > 3 && (undefined as never)[0])).to.match(
      /seed: 7[^]*Cannot read properties/,
    );
    expect(await failure(fc.constant('x'), () => busyFor(250))).to.match(/seed: 7[^]*took \d+\.\d+ seconds/);
  });
});

/** Works for at least some milliseconds of processor time. */
function busyFor(ms: number): void {
  const begun = process.cpuUsage();
  const used = (): number => process.cpuUsage(begun).user + process.cpuUsage(begun).system; // microseconds
  while (used() < ms * 1000);
}
