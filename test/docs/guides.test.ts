import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import ts from 'typescript';
import { builtInGuides } from '../../guidance/index.js';
import { check, checkConfig } from '../../lib/config/index.js';
import { generate, prepareRun } from '../../lib/run/generate.js';
import { readSamples } from '../../lib/run/judge-run.js';
import type { GuideFactory, Place, Registry } from '../../lib/sampler/guide.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';
import { blocksOf, type Block } from './read-markdown.js';

const FOLDER = resolve('dist/test-docs/guides');
/** The copy of the library that this test runs, from the sources or from the build: a second copy would be a second engine. */
const OWN_LIBRARY = new URL(`../../lib/index${extname(import.meta.url)}`, import.meta.url).href;
const DOCUMENT = 'docs/guides.md';

describe(DOCUMENT, function () {
  this.timeout(60_000); // compiles the graph of a run

  let blocks: Block[];
  let registry: Registry;
  before(async () => {
    blocks = await blocksOf(DOCUMENT);
    const { text } = blocks.find(({ name }) => name === 'avoid.ts')!;
    const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
    const { outputText } = ts.transpileModule(text, { compilerOptions: options });
    await mkdir(FOLDER, { recursive: true });
    await writeFile(join(FOLDER, 'avoid.js'), outputText.replace(`'diffusteer'`, `'${OWN_LIBRARY}'`));
    const loaded = (await import(pathToFileURL(join(FOLDER, 'avoid.js')).href)) as { default: GuideFactory<unknown> };
    registry = new Map([[loaded.default.name, loaded.default]]);
  });
  after(() => rm(FOLDER, { recursive: true, force: true }));

  const runOf = (folder: string, words: readonly string[]) =>
    checkConfig('generate', {
      model: join(folder, 'model'),
      output: join(folder, 'run'),
      device: 'onnx-cpu',
      sampler: { steps: 3, temperature: 5 },
      guidance: [{ guide: 'avoid', words }],
      samplesPerTarget: 32,
    });

  it('shows a guide that does what it says', () =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'));
      await generate(runOf(folder, ['pond', 'heron', 'old', 'sleeps']), registry, 'config');
      const samples = await readSamples(join(folder, 'run/samples.jsonl'));
      const words = new Set(samples.flatMap(({ tokens }) => tokens));
      expect(words).to.include.keys('garden', 'waits').and.not.include.keys('pond', 'heron', 'old', 'sleeps');
      expect(samples.every(({ guides }) => guides['avoid']!.holds)).to.equal(true);
    }));

  it('shows a guide that refuses words which the model lacks', () =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'));
      const refused = await prepareRun(runOf(folder, ['pond', 'pear']), registry, 'config').catch((error: unknown) => error);
      expect(String(refused)).to.contain('/guidance/0/words/1: the vocabulary has no word "pear"');
    }));

  it('shows clauses that the guides accept', () => {
    const shown = blocks.filter(({ language, text }) => language === 'json' && text.startsWith('{ "guide"'));
    expect(shown.map(({ text }) => (JSON.parse(text) as { guide: string }).guide)).to.deep.equal([
      'length',
      'infill',
      'words',
      'pos',
      'tree',
      'spans',
      'attribute',
      'classify',
    ]);
    for (const { text } of shown) {
      const { guide, via, ...options } = JSON.parse(text) as { guide: string; via?: Place };
      const factory = builtInGuides.get(guide)!;
      expect(check(factory.options, options).problems).to.deep.equal([]);
      if (via !== undefined) expect(factory.places).to.include(via);
    }
  });

  it('describes every built-in guide, with all its places and options', async () => {
    const text = await readFile(DOCUMENT, 'utf8');
    for (const { name, places, options } of builtInGuides.values()) {
      const section = text.split(`\n### ${name}\n`)[1]?.split('\n#')[0] ?? '';
      for (const word of [...places, ...Object.keys(options['properties'] as object)])
        expect(section, name).to.contain(`\`${word}\``);
    }
  });
});
