import { expect } from 'chai';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtInGuides } from '../../guidance/index.js';
import { check, checkConfig } from '../../lib/config/index.js';
import { generate } from '../../lib/generate/generate.js';
import type { Via } from '../../lib/guide/contract.js';
import type { Registry } from '../../lib/guide/registry.js';
import { prepareRun } from '../../lib/plan/prepare.js';
import { loadPlugins } from '../../lib/plugins/load.js';
import { readSamples } from '../../lib/run/read-samples.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';
import { type Block, blocksOf } from './read-markdown.js';

const REFERENCE = 'docs/guides.md';
const WRITING = 'docs/writing-guides.md';

describe(WRITING, function () {
  this.timeout(60_000); // compiles the graph of a run

  let folder: string;
  let blocks: Block[];
  let registry: Registry;
  before(async () => {
    blocks = await blocksOf(WRITING);
    folder = await mkdtemp(join(tmpdir(), 'diffusteer-avoid-'));
    await writeFile(join(folder, 'avoid.ts'), blocks.find(({ name }) => name === 'plugins/avoid.ts')!.text);
    registry = (await loadPlugins(folder, new Map())).guides;
  });
  after(() => rm(folder, { recursive: true }));

  const runOf = (folder: string, words: readonly string[]) =>
    checkConfig('generate', {
      model: join(folder, 'model'),
      output: join(folder, 'run'),
      device: 'onnx-cpu',
      sampler: { steps: 3, temperature: 5 },
      guidance: [{ guide: 'avoid', words }],
      samplesPerTarget: 32,
    });

  it('shows a guide that works as described', () =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'));
      await generate(runOf(folder, ['pond', 'heron', 'old', 'sleeps']), registry, 'config');
      const samples = await readSamples(join(folder, 'run/samples.jsonl'));
      const words = new Set(samples.flatMap(({ tokens }) => tokens));
      expect(words).to.include.keys('garden', 'waits').and.not.include.keys('pond', 'heron', 'old', 'sleeps');
      expect(samples.every(({ guides }) => guides['avoid']!.holds)).to.equal(true);
    }));

  it('shows a guide that refuses words unknown to the model', () =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'));
      const refused = await prepareRun(runOf(folder, ['pond', 'pear']), registry, 'config').catch((error: unknown) => error);
      expect(String(refused)).to.contain('/guidance/0/words/1: the vocabulary has no word "pear"');
    }));
});

describe(REFERENCE, () => {
  it('shows clauses that the guides accept', async () => {
    const shown = (await blocksOf(REFERENCE)).filter(({ language, text }) => language === 'json' && text.startsWith('{ "guide"'));
    expect(shown.map(({ text }) => (JSON.parse(text) as { guide: string }).guide)).to.deep.equal([
      'length',
      'infill',
      'words',
      'only',
      'except',
      'characters',
      'syllables',
      'metre',
      'rhyme',
      'pos',
      'tree',
      'spans',
      'attribute',
      'classify',
      'reward',
      'reward',
      'similar',
    ]);
    for (const { text } of shown) {
      const { guide, via, ...options } = JSON.parse(text) as { guide: string; via?: Via };
      const factory = builtInGuides.get(guide)!;
      expect(check(factory.options, options).problems).to.deep.equal([]);
      if (via !== undefined) expect(factory.places).to.include(via);
    }
  });

  it('describes every built-in guide, with all its places and options', async () => {
    const text = await readFile(REFERENCE, 'utf8');
    for (const { name, places, options } of builtInGuides.values()) {
      const section = text.split(`\n### ${name}\n`)[1]?.split('\n#')[0] ?? '';
      for (const word of [...places, ...Object.keys(options['properties'] as object)])
        expect(section, name).to.contain(`\`${word}\``);
    }
  });
});
