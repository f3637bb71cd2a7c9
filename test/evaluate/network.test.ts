import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
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

/** Opens onnxruntime in a process of its own. @returns files that its telemetry left in the home and temporary folder */
async function leftByTelemetry(folder: string, telemetry: 'on' | 'by default'): Promise<string[]> {
  const home = join(folder, telemetry);
  await mkdir(home);
  const { CI: _, ORT_DISABLE_TELEMETRY: __, XDG_CACHE_HOME: ___, ...env } = process.env; // CI alone turns it off
  const module = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const code = `
    import { openDevice } from ${module('../../lib/engine/devices/index.js')};
    import { tf } from ${module('../../lib/engine/tf.js')};
    const device = await openDevice('onnx-cpu', { threads: 1 });
    await device.compile(({ x }) => ({ y: tf.square(x) }), [{ name: 'x', shape: [1], dtype: 'float32' }]);`;
  const given = telemetry === 'on' ? { ORT_DISABLE_TELEMETRY: '' } : {};
  const nowhere = { https_proxy: 'http://127.0.0.1:9' }; // for what it would send
  execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    env: { ...env, ...given, ...nowhere, HOME: home, TMPDIR: home },
  });
  const files = await readdir(home, { recursive: true });
  return files.filter((file) => /onnxruntime|mat-debug/.test(file));
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

  it('onnxruntime leaves nothing to send', () =>
    withFolder(async (folder) => {
      expect(await leftByTelemetry(folder, 'by default')).to.deep.equal([]);
      expect(await leftByTelemetry(folder, 'on'), 'would be noticed').not.to.deep.equal([]);
    }));
});
