import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkConfig } from '../../lib/config/index.js';
import { checkSameRun, type Manifest, readManifest, writeManifest } from '../../lib/run/manifest.js';
import { errorOf } from '../text/helpers.js';
import { withFolder } from '../tiny-model.js';

const config = checkConfig('generate', { model: 'm', output: 'runs/a', guidance: [] });
const begun: Manifest = {
  ...{ config, version: '1.0.0', device: 'onnx-cpu', threads: 2, texts: 3, node: 'v20', precision: 'float32' },
  model: { path: 'm', hash: 'aa' },
  decoder: { path: 'lm', hash: 'bb' },
  plugins: { mood: 'cc' },
  files: { 'reward.js': 'dd' },
  method: { name: 'beam-search', hash: 'ee' } as unknown as NonNullable<Manifest['method']>,
};

const refusal = (now: Partial<Manifest>, isFinished = false): string => {
  try {
    checkSameRun('run.json', begun, { ...begun, ...now }, isFinished);
    return '';
  } catch (error) {
    return String(error);
  }
};

describe('the manifest of a run', () => {
  it('lets a run be resumed with other workers in another folder, and refuses each other change by name', () => {
    expect(refusal({})).to.equal('');
    expect(refusal({ config: { ...config, output: 'b', workers: 3, threads: 2 } })).to.equal('');
    for (const [change, path] of [
      [{ config: { ...config, seed: 7 } }, '/config/seed'],
      [{ config: { ...config, method: { name: 'beam-search' } } as unknown as Manifest['config'] }, '/config/method'],
      [{ model: { path: 'm', hash: 'xx' } }, '/model'],
      [{ decoder: undefined }, '/decoder'],
      [{ plugins: { mood: 'xx' } }, '/plugins/mood'],
      [{ plugins: { mood: 'cc', other: 'xx' } }, '/plugins/other'],
      [{ files: { 'reward.js': 'xx' } }, '/files'],
      [{ method: { ...begun.method, hash: 'xx' } }, '/method'],
      [{ texts: 4 }, '/texts'],
      [{ threads: 1 }, '/device'],
      [{ device: 'tfjs-cpu' }, '/device'],
    ] as unknown as [Partial<Manifest>, string][]) {
      const message = refusal(change);
      expect(message).to.match(new RegExp(`^InputError: run.json: 2 problems\\n  ${path}: `));
      expect(message).to.contain('choose another output folder');
    }
    expect(refusal({ config: { ...config, seed: 7 }, texts: 4 })).to.match(/\/config\/seed.*\/texts/s);
    expect(refusal({ threads: 1, device: 'tfjs-cpu' }, true), 'a finished run makes no text').to.equal('');
  });

  it('is read as it was written, and reports every part that was damaged', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'run.json');
      expect(await readManifest(path)).to.equal(undefined);
      await writeManifest(path, begun);
      expect(await readManifest(path)).to.deep.equal(JSON.parse(JSON.stringify(begun)));
      await writeFile(path, JSON.stringify({ ...begun, texts: -1, model: { path: 'm' } }));
      expect(await errorOf(readManifest(path))).to.match(/\/model.*\/texts|\/texts.*\/model/s);
      await writeFile(path, JSON.stringify({ ...begun, config: { ...config, seed: 'x' } }));
      expect(await errorOf(readManifest(path))).to.contain('/config/seed');
      await writeFile(path, '{');
      expect(await errorOf(readManifest(path))).to.contain('is not JSON');
    }));
});
