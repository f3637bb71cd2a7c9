import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { builtInGuides } from '../../guidance/index.js';
import { messageOf } from '../../lib/base/errors.js';
import { checkConfig } from '../../lib/config/index.js';
import { generate } from '../../lib/generate/index.js';
import { bundleForBrowsers } from '../../scripts/dev/bundle-web.js';
import { exportWeb } from '../../scripts/web/export.js';
import { useBrowser } from '../studio/browser.js';
import { writeTinyModel } from '../tiny-model.js';
import { serveFolder, textsInBrowser } from './site.js';

/** Returns the message with which a promise must be rejected. */
const refusalOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => expect.fail('the promise should have been rejected'),
    (error: unknown) => messageOf(error),
  );

describe('a page that makes texts in a browser alone', function () {
  this.timeout(120_000);
  const open = useBrowser();
  let folder: string;
  let site: string;
  let server: Server;
  let page: Page;
  const failures: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'web-'));
    site = join(folder, 'site');
    await writeTinyModel(join(folder, 'model'));
    await exportWeb({
      model: join(folder, 'model'),
      guides: ['length', 'words'],
      output: site,
      webgpu: false,
      withoutDecoder: false,
    });
    const served = await serveFolder(site);
    server = served.server;
    page = await open(served.url);
    page.on('pageerror', ({ message }) => failures.push(message));
    page.on('request', (request) => {
      if (!request.url().startsWith(served.url) && !request.url().startsWith('blob:')) failures.push(request.url());
    });
  });
  after(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const modelOf = async (): Promise<string> => {
    const { files } = JSON.parse(await readFile(join(site, 'export.json'), 'utf8')) as { files: Record<string, unknown> };
    return Object.keys(files)
      .find((path) => path.endsWith('/config.json'))!
      .replace(/\/config\.json$/, '');
  };

  for (const [name, guidance] of [
    ['unguided', []],
    ['under posterior guides', [{ guide: 'length', length: 4 }]],
  ] as const)
    it(`makes the texts that onnx-cpu makes in float32, ${name}`, async () => {
      const run = { seed: 5, samplesPerTarget: 8, sampler: { steps: 8 }, guidance };
      const output = join(folder, name);
      const own = { ...run, model: join(folder, 'model'), output, device: 'onnx-cpu', precision: 'float32', threads: 1 };
      await generate(checkConfig('generate', own), builtInGuides, 'config.json');
      const wanted = (await readFile(join(output, 'samples.jsonl'), 'utf8')).trim().split('\n');
      const texts = await textsInBrowser(page, { ...run, model: await modelOf() });
      expect(texts).to.deep.equal(wanted.map((line) => (JSON.parse(line) as { text: string }).text));
    });

  it('has controls, and asks nothing of anyone but its own folder', async () => {
    await page.getByText('Add a control').waitFor();
    expect(failures).to.deep.equal([]);
  });

  it('refuses a guide that was not exported, by name', async () => {
    const config = { model: await modelOf(), guidance: [{ guide: 'tree' }] };
    expect(await refusalOf(textsInBrowser(page, config))).to.contain('tree');
  });

  it('leaves a folder alone that holds anything but an export', async () => {
    const foreign = join(folder, 'model');
    const before = await readdir(foreign);
    const options = { model: foreign, guides: ['length'], webgpu: false, withoutDecoder: false };
    expect(await refusalOf(exportWeb({ ...options, output: foreign }))).to.contain(foreign);
    expect(await readdir(foreign)).to.deep.equal(before);
  });

  it('is bundled without modules of Node: the device as it is, any other import is an error that names it', async () => {
    await bundleForBrowsers('dist/lib/engine/devices/web.js', join(folder, 'device.js'), false);
    const module = join(folder, 'reader.js');
    await writeFile(module, "import { request } from 'node:http'; export default request;");
    expect(await refusalOf(bundleForBrowsers(module, join(folder, 'out.js')))).to.contain('node:http');
  });
});
