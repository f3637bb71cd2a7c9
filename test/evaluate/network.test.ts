import { expect } from 'chai';
import { connect, Socket } from 'node:net';
import { join } from 'node:path';
import { builtInGuides } from '../../guidance/index.js';
import { checkConfig } from '../../lib/config/index.js';
import { evaluateRun } from '../../lib/evaluate/evaluate.js';
import { generate } from '../../lib/generate/generate.js';
import { writeReport } from '../../lib/report/write-report.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';

/** Runs `use` while every connection of this process is refused. @returns where connections were tried to */
async function withoutNetwork(use: () => Promise<unknown>): Promise<string[]> {
  const tried: string[] = [];
  const original = Socket.prototype.connect;
  Socket.prototype.connect = function (this: Socket, ...target: readonly unknown[]) {
    tried.push(JSON.stringify(target));
    throw new Error('no network in this test');
  } as typeof original;
  try {
    await use();
  } finally {
    Socket.prototype.connect = original;
  }
  return tried;
}

describe('without a network', function () {
  this.timeout(30_000);

  it('texts are generated, judged and reported, and no connection is tried', () =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'));
      const guidance = [
        { guide: 'length', length: 4 },
        { guide: 'regex', pattern: 'The .*' },
      ];
      const base = { model: join(folder, 'model'), device: 'onnx-cpu', sampler: { steps: 4 }, samplesPerTarget: 4 };
      const config = checkConfig('generate', { ...base, guidance, output: join(folder, 'out') });
      const tried = await withoutNetwork(async () => {
        await generate(config, builtInGuides, 'config', { trace: 2 });
        await writeReport(config.output, await evaluateRun(config.output, builtInGuides));
      });
      expect(tried).to.deep.equal([]);
    }));

  it('a connection would be noticed', async () => {
    const tried = await withoutNetwork(() =>
      Promise.resolve()
        .then(() => connect(9, '127.0.0.1'))
        .catch(() => undefined),
    );
    expect(tried).to.have.length(1);
  });
});
