import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { appendTiming, secondsPerText } from '../../lib/run/timing.js';

describe('timing', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'timing-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is unknown if nothing was timed', async () => {
    expect(await secondsPerText(folder)).to.equal(undefined);
  });

  it('divides the total time by the number of texts', async () => {
    await appendTiming(folder, { shard: 0, texts: 32, ms: 8000 });
    await appendTiming(folder, { shard: 1, texts: 8, ms: 4000 });
    expect(await secondsPerText(folder)).to.equal(0.3);
  });

  it('skips lines that are no times', async () => {
    await appendTiming(folder, { shard: 0, texts: 10, ms: 5000 });
    for (const line of ['null', '[]', '{"shard":1}', '{"shard":1,"texts":"2","ms":3}', '{"shard":1,"texts":5,"ms":-1e9}'])
      await appendFile(join(folder, 'timing.jsonl'), `${line}\n`);
    expect(await secondsPerText(folder)).to.equal(0.5);
  });

  it('counts a repeated shard once and leaves out a torn line', async () => {
    await appendTiming(folder, { shard: 0, texts: 10, ms: 9000 });
    await appendTiming(folder, { shard: 0, texts: 10, ms: 5000 });
    await appendFile(join(folder, 'timing.jsonl'), '{"shard":1,"te');
    expect(await secondsPerText(folder)).to.equal(0.5);
  });
});
