import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'chai';
import { withFolder, writeTinyModel } from '../tiny-model.js';
import { runCli } from './run-cli.js';

describe('new-guide', function () {
  this.timeout(120_000); // starts processes, one of them with all tests of the contract

  let folder: string;
  before(async () => {
    await mkdir('dist/test-docs', { recursive: true });
    folder = await mkdtemp(resolve('dist/test-docs/new-guide-')); // inside the package, so that `diffusteer` is found
  });
  after(() => rm(folder, { recursive: true }));

  it('writes a guide that passes its own test and steers', async () => {
    const plugins = join(folder, 'plugins');
    const { code, stdout } = await runCli(['new-guide', 'no-ponds', '--dir', plugins]);
    expect(code).to.equal(0);
    expect(stdout).to.contain(`npx tsx --test ${join(plugins, 'no-ponds.test.ts')}`);
    expect(stdout).to.contain(`--plugins ${plugins} --set 'guidance=[{"guide":"no-ponds","words":["cheap"]}]'`);

    const tested = await runTests(join(plugins, 'no-ponds.test.ts'));
    expect(tested)
      .to.match(/^# pass [1-9]/m)
      .and.to.match(/^# fail 0$/m);

    await writeTinyModel(join(folder, 'model'));
    const config = join(folder, 'run.json');
    const run = { model: join(folder, 'model'), output: join(folder, 'out'), device: 'onnx-cpu', sampler: { steps: 3 } };
    await writeFile(config, JSON.stringify({ ...run, samplesPerTarget: 8, guidance: [{ guide: 'no-ponds', words: ['pond'] }] }));
    const made = await runCli(['generate', config, '--plugins', plugins]);
    expect(made.stdout, made.stderr).to.match(/^no-ponds +100\.0 %/m);
  });

  it('declares its files as ES modules if no package.json does', () =>
    withFolder(async (outside) => {
      for (const name of ['one', 'two'])
        expect(await runCli(['new-guide', name, '--dir', join(outside, 'plugins')])).to.include({ code: 0 });
      expect(JSON.parse(await readFile(join(outside, 'plugins/package.json'), 'utf8'))).to.deep.equal({ type: 'module' });
      expect(existsSync(join(folder, 'plugins/package.json')), 'in a package of ES modules').to.equal(false);
    }));

  it('overwrites nothing, and refuses invalid names', async () => {
    const path = join(folder, 'mine.test.ts');
    await writeFile(path, 'mine');
    const [there, taken, wild] = await Promise.all(
      ['mine', 'length', '../mine'].map((name) => runCli(['new-guide', name, '--dir', folder])),
    );
    expect([there, taken, wild].map((ended) => ended!.code)).to.deep.equal([2, 2, 2]);
    expect(there!.stderr).to.contain(path).and.contain('nothing is overwritten');
    expect(await readFile(path, 'utf8')).to.equal('mine');
    expect(existsSync(join(folder, 'mine.ts'))).to.equal(false);
    expect(taken!.stderr).to.contain('"length" is a guide that comes with diffusteer');
    expect(wild!.stderr).to.contain('got "../mine"');
  });
});

/** Returns the output of `npx tsx --test FILE`. */
function runTests(file: string): Promise<string> {
  const tsx = join(dirname(createRequire(import.meta.url).resolve('tsx/package.json')), 'dist/cli.mjs');
  return new Promise((done) => {
    execFile(process.execPath, [tsx, '--test', '--test-reporter', 'tap', file], (_error, stdout) => done(stdout));
  });
}
