import { expect } from 'chai';
import fc from 'fast-check';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SampleLine } from '../../lib/run/sample-line.js';
import { openSamples } from '../../lib/run/samples-file.js';
import { errorOf } from '../text/helpers.js';
import { withFolder } from '../tiny-model.js';

const line = (shard: number, i: number): SampleLine => ({
  id: `${shard}-${i}`,
  target: { note: 'a\nbreak and ä' },
  sample: i,
  tokens: ['The', 'pond'],
  text: 'The pond',
  guides: {},
  seed: shard,
});
const SHARDS = 4;
const linesOf = (shard: number): number => (shard === SHARDS - 1 ? 1 : 3);
const linesIn = (shard: number): SampleLine[] => Array.from({ length: linesOf(shard) }, (_, i) => line(shard, i));

const wanted = [0, 1, 2, 3].flatMap(linesIn);

/** Continues the file as a resumed run does, to the last shard. */
async function finish(path: string): Promise<number> {
  const problemOf = (found: unknown, index: number) =>
    (found as SampleLine).id === wanted[index]!.id ? undefined : `expected ${wanted[index]!.id}`;
  const { file, done } = await openSamples(path, { linesOf, shards: SHARDS, problemOf, remedy: 'make it again' });
  for (let shard = done; shard < SHARDS; shard++) await file.append(linesIn(shard));
  await file.close();
  return done;
}

describe('the file of samples', () => {
  it('cut at any byte keeps its whole shards and ends as if it had never been cut', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'samples.jsonl');
      expect(await finish(path)).to.equal(0);
      const whole = await readFile(path);
      expect(whole.toString().split('\n').slice(0, -1).map((one) => JSON.parse(one) as unknown)).to.deep.equal([0, 1, 2, 3].flatMap(linesIn)); // prettier-ignore
      const sizeOf = (shards: number) => Buffer.byteLength([...Array(shards).keys()].flatMap(linesIn).map((l) => `${JSON.stringify(l)}\n`).join('')); // prettier-ignore
      const property = fc.asyncProperty(fc.nat(whole.length), async (at) => {
        await writeFile(path, whole.subarray(0, at));
        const done = await finish(path);
        expect(sizeOf(done)).to.be.at.most(at);
        if (done < SHARDS) expect(sizeOf(done + 1)).to.be.above(at);
        expect((await readFile(path)).equals(whole)).to.equal(true);
      });
      await fc.assert(property, {
        numRuns: 60,
        examples: [[0], [whole.length], [whole.length - 1], [sizeOf(1)], [sizeOf(1) - 1]],
      });
    }));

  it('that lacks a line, or has one twice, is refused with that line and left as it is', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'samples.jsonl');
      await finish(path);
      const whole = (await readFile(path, 'utf8')).split('\n');
      for (const damaged of [whole.toSpliced(4, 1), whole.toSpliced(4, 0, whole[3]!)]) {
        await writeFile(path, damaged.join('\n'));
        expect(await errorOf(finish(path))).to.match(/samples\.jsonl:5: expected 1-1; make it again/);
        expect(await readFile(path, 'utf8')).to.equal(damaged.join('\n'));
      }
    }));

  it('that is complete is not changed', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'samples.jsonl');
      await finish(path);
      const before = await readFile(path);
      expect(await finish(path)).to.equal(SHARDS);
      expect((await readFile(path)).equals(before)).to.equal(true);
    }));
});
