import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Tensor } from '@tensorflow/tfjs-core';
import { builtInGuides } from '../../guidance/index.js';
import { checkConfig } from '../../lib/config/index.js';
import { attention, openDevice } from '../../lib/engine/index.js';
import { generate } from '../../lib/generate/index.js';
import { exportWeb } from '../../scripts/web/export.js';
import { anything, expectClose, numbers } from '../engine/agree.js';
import { useBrowser } from '../studio/browser.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';
import { providerOf, serveFolder, SOFTWARE_GPU, textsInBrowser } from './site.js';

// WebGPU takes a GPU, or a minute for each text of a large model in software, so these tests run only if they are asked for.

const RUNS = process.env['TEST_WEBGPU'] !== undefined;
const run = { seed: 5, samplesPerTarget: 4, sampler: { steps: 4 }, guidance: [{ guide: 'length', length: 4 }] };

/** Returns the texts of the run with the model in `folder`/tiny. */
async function textsOn(device: string, folder: string): Promise<string[]> {
  const output = join(folder, device);
  const config = { ...run, model: join(folder, 'tiny'), output, device, precision: 'float32' };
  await generate(checkConfig('generate', config), builtInGuides, 'config.json');
  const lines = (await readFile(join(output, 'samples.jsonl'), 'utf8')).trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { text: string }).text);
}

(RUNS ? describe : describe.skip)('WebGPU (skipped unless TEST_WEBGPU is set)', function () {
  this.timeout(300_000);

  describe('in a browser', () => {
    const open = useBrowser(SOFTWARE_GPU);

    it('makes the texts of onnx-cpu, on SwiftShader', () =>
      withFolder(async (folder) => {
        await writeTinyModel(join(folder, 'tiny'));
        const site = join(folder, 'site');
        await exportWeb({
          model: join(folder, 'tiny'),
          guides: ['length'],
          output: site,
          webgpu: true,
          withoutDecoder: false,
        });
        const { server, url } = await serveFolder(site);
        const page = await open(url);
        expect(await providerOf(page)).to.equal('webgpu');
        const texts = await textsInBrowser(page, { ...run, model: 'models/tiny' });
        server.close();
        expect(texts).to.deep.equal(await textsOn('onnx-cpu', folder));
      }));
  });

  describe('in Node, through the Vulkan driver that is installed', () => {
    before(async function () {
      const why = await openDevice('onnx-webgpu').then(
        (device) => device.dispose(),
        (error: unknown) => String(error),
      );
      if (typeof why === 'string') {
        console.log(`      ${why}`);
        this.skip();
      }
    });

    it('makes the texts of onnx-cpu', () =>
      withFolder(async (folder) => {
        await writeTinyModel(join(folder, 'tiny'));
        expect(await textsOn('onnx-webgpu', folder)).to.deep.equal(await textsOn('onnx-cpu', folder));
      }));

    it('attends to all keys, in eight heads over 48 words', async () => {
      const inputs = ['q', 'k', 'v'].map((name) => ({ name, shape: [2, 48, 64] }));
      const feeds = Object.fromEntries(inputs.map(({ name, shape }) => [name, numbers(anything(...shape), name)]));
      const [found, wanted] = await Promise.all(
        (['onnx-webgpu', 'onnx-cpu'] as const).map(async (name) => {
          const device = await openDevice(name);
          const attend = ({ q, k, v }: Readonly<Record<string, Tensor>>) => ({ y: attention(q!, k!, v!, 8) });
          const { y } = await (await device.compile(attend, inputs)).run(feeds);
          await device.dispose();
          return y!;
        }),
      );
      expectClose(found!, wanted!, 2e-5);
    });
  });
});
