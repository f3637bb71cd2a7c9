import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readSamples } from '../../lib/run/read-samples.js';
import { diffusteer, type Ended } from './diffusteer.js';
import { blocksOf, commandsOf, type Block } from './read-markdown.js';

/** Overrides that make the walkthrough short enough for a test; the commands stay as written. */
const TINY: Readonly<Record<string, readonly string[]>> = {
  train: ['optimizer.steps=20', 'optimizer.batchSize=4', 'model.width=16', 'model.layers=1', 'samples.count=0'],
  'train-guide': ['optimizer.steps=20', 'optimizer.batchSize=4', 'network.width=16'],
  generate: ['sampler.steps=5'],
};

describe('docs/own-data.md', function () {
  this.timeout(120_000); // seven processes, one after another

  let folder: string;
  let blocks: Block[];
  const ended = new Map<string, Ended>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'diffusteer-own-data-'));
    await cp('examples', join(folder, 'examples'), { recursive: true });
    blocks = await blocksOf('docs/own-data.md');
    for (const { name, text } of blocks) if (name !== '') await writeFile(join(folder, name), text);
    for (const args of commandsOf(blocks)) {
      const tiny = (TINY[args[0]!] ?? []).flatMap((override) => ['--set', override]);
      ended.set(args.join(' '), await diffusteer([...args, ...tiny], folder));
    }
  });
  after(() => rm(folder, { recursive: true }));

  const commands = (name: string) => [...ended].filter(([command]) => command.startsWith(name)).map(([, result]) => result);

  it('shows commands that all run', () => {
    expect([...ended.keys()].map((command) => command.split(' ')[0])).to.deep.equal([
      'check',
      'check',
      'train',
      'generate',
      'judge',
      'train-guide',
      'generate',
      'judge',
    ]);
    for (const [command, { code, stderr }] of ended) expect(code, `${command}\n${stderr}`).to.equal(0);
  });

  it('shows the coverage report as it is printed', () => {
    const [first, second] = commands('check');
    const shown = blocks.find(({ language }) => language === 'text')!;
    expect(first!.stdout).to.equal(shown.text);
    expect(second!.stdout).to.contain('0.00 % of the text is not in it');
  });

  it('ends with texts of the requested lengths', async () => {
    const samples = await readSamples(join(folder, 'runs/lengths/samples.jsonl'));
    expect(samples.map(({ tokens }) => tokens.length)).to.deep.equal([6, 6, 8, 8, 10, 10, 12, 12]);
    const [report] = commands('judge');
    expect(report!.stdout)
      .to.match(/^length +100\.0 %/m)
      .and.to.match(/^copies of the training corpus/m);
  });

  it('ends with texts for each label that the classifier found in the file', async () => {
    const config = await readFile(join(folder, 'runs/walks/model/guides/classify-gradient/config.json'), 'utf8');
    expect((JSON.parse(config) as { classes: string[] }).classes).to.deep.equal(['autumn', 'spring', 'summer', 'winter']);
    const samples = await readSamples(join(folder, 'runs/spring/samples.jsonl'));
    expect(samples.map(({ target }) => (target as { value: string }).value)).to.deep.equal([
      ...Array<string>(4).fill('spring'),
      ...Array<string>(4).fill('winter'),
    ]);
    expect(samples.every(({ guides }) => guides['classify']!.logProb! <= 0)).to.equal(true);
  });

  it('judges these by a separate classifier, fitted to the labels of the file', () => {
    const [, report] = commands('judge');
    expect(report!.stdout)
      .to.match(/^classify +\d+\.\d %/m)
      .and.to.match(/^classify judged by +logistic regression .* of 10 held-out texts$/m);
  });

  it('names the files that training writes', async () => {
    for (const name of ['model/model.safetensors', 'log.jsonl', 'curves.svg'])
      expect(await readFile(join(folder, 'runs/walks', name)), name).to.have.length.above(100);
  });
});
