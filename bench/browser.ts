import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { builtInGuides } from '../guidance/index.js';
import { checkConfig } from '../lib/config/index.js';
import { generate } from '../lib/generate/index.js';
import { exportWeb } from '../scripts/web/export.js';
import { providerOf, serveFolder, SOFTWARE_GPU, textsInBrowser } from '../test/web/site.js';

// An exported page in headless Chromium: `node dist/bench/browser.js [--model models/e2e] [--steps 50] [--texts 8] [--webgpu]
// [--chromium PATH]`. Prints its size, how long it takes to its first text and per reverse step, and how many of the first texts are those
// of onnx-cpu in float32. `--webgpu` exports for WebGPU, which Chromium then computes with SwiftShader, a GPU in software: it shows what
// the graphs give there, without times, since they would say nothing of a GPU.

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'models/e2e' },
    steps: { type: 'string', default: '50' },
    texts: { type: 'string', default: '8' },
    webgpu: { type: 'boolean', default: false },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
  },
});
const [steps, texts] = [Number(values.steps), Number(values.texts)];
const TAGS = ['PROPN', 'AUX', 'DET', 'ADJ', 'NOUN', 'ADP', 'DET', 'NOUN', 'PUNCT'];
const GUIDANCE = {
  unguided: [],
  length: [{ guide: 'length', length: { min: 8, max: 14 } }],
  pos: [{ guide: 'pos', via: 'posterior', tags: TAGS }],
};

const { model, webgpu } = values;
const folder = await mkdtemp(join(tmpdir(), 'browser-'));
const site = join(folder, 'site');
const guides = ['length', 'words', 'infill', 'regex', 'pos'];
const { bytes } = await exportWeb({ model, guides, output: site, webgpu, withoutDecoder: false });
console.log(`${(bytes / 1e6).toFixed(1)} MB in all`);
const { server, url } = await serveFolder(site);
const browser = await chromium.launch({
  executablePath: values.chromium,
  args: ['--no-sandbox', ...(webgpu ? SOFTWARE_GPU : [])],
});
try {
  console.log(`computes on ${await providerOf(await openPage(browser))}`);
  if (!webgpu) await reportSpeed(browser);
  for (const [name, guidance] of Object.entries(GUIDANCE)) await reportEqual(browser, name, guidance);
} finally {
  await browser.close();
  server.close();
  await rm(folder, { recursive: true });
}

async function openPage(of: Browser): Promise<Page> {
  const page = await of.newPage();
  await page.goto(url);
  return page;
}

/** A worker of its own for each run, so every time includes loading; the difference of two numbers of steps does not. */
async function reportSpeed(of: Browser): Promise<void> {
  const page = await openPage(of);
  const timed = async (samplesPerTarget: number, steps: number): Promise<number> => {
    const begun = performance.now();
    await textsInBrowser(page, { model, samplesPerTarget, sampler: { steps }, decode: { name: 'argmax' }, seed: 1 });
    return performance.now() - begun;
  };
  console.log(`a text in 1 step, loading included: ${(await timed(1, 1)).toFixed(0)} ms`);
  for (const count of [1, 4]) {
    const [few, many] = [await timed(count, 5), await timed(count, 5 + steps)];
    console.log(`${count} text(s): ${((many - few) / steps).toFixed(1)} ms per reverse step`);
  }
}

async function reportEqual(of: Browser, name: string, guidance: readonly object[]): Promise<void> {
  const run = { model, seed: 1, samplesPerTarget: texts, sampler: { steps }, guidance };
  const output = join(folder, name);
  const config = checkConfig('generate', { ...run, output, device: 'onnx-cpu', precision: 'float32', threads: 1 });
  await generate(config, builtInGuides, 'config.json');
  const lines = (await readFile(join(output, 'samples.jsonl'), 'utf8')).trim().split('\n');
  const wanted = lines.map((line) => (JSON.parse(line) as { text: string }).text);
  const made = await textsInBrowser(await openPage(of), run);
  console.log(`${name}: ${made.filter((text, i) => text === wanted[i]).length} of ${wanted.length} texts equal`);
}
