import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { readCorpus } from '../../lib/text/corpus.js';
import { readSamples } from '../../lib/run/read-samples.js';
import { diffusteer } from './diffusteer.js';
import { blocksOf, commandsOf } from './read-markdown.js';

/** Overrides that make the walkthrough short enough for a test; the commands stay as written. */
const TINY: Readonly<Record<string, readonly string[]>> = {
  train: ['optimizer.steps=10', 'optimizer.batchSize=4', 'model.width=16', 'model.layers=1', 'samples.count=0'],
  'train-guide': ['optimizer.steps=5', 'optimizer.batchSize=4', 'network.width=16', 'network.layers=1'],
  generate: ['sampler.steps=3', 'samplesPerTarget=2'],
};

describe('docs/other-sequences.md', function () {
  this.timeout(120_000); // six processes, one after another

  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'diffusteer-sequences-'));
    const script = 'examples/other-sequences/write-sequences.ts';
    await promisify(execFile)(process.execPath, ['--import', 'tsx', script, join(folder, 'data/sequences')]);
    const blocks = await blocksOf('docs/other-sequences.md');
    for (const { name, text } of blocks) if (name !== '') await writeFile(join(folder, name), text);
    for (const args of commandsOf(blocks).filter(([name]) => name !== 'judge')) {
      const tiny = (TINY[args[0]!] ?? []).flatMap((override) => ['--set', override]);
      const { code, stderr } = await diffusteer([...args, ...tiny], folder);
      expect(code, `${args.join(' ')}\n${stderr}`).to.equal(0);
    }
  });
  after(() => rm(folder, { recursive: true }));

  const textsOf = async (run: string) => (await readSamples(join(folder, `runs/${run}/samples.jsonl`))).map(({ text }) => text);

  it('makes a corpus in which each label names the motif of its sequence', async () => {
    const options = { column: 'sequence', fields: { motif: 'motif' } };
    const { rows } = await readCorpus(resolve(folder, 'data/sequences/train.csv'), options);
    expect(rows).to.have.length(4000);
    for (const { text, fields } of rows)
      expect([text.includes('CACGTG'), text.includes('TATAAA')]).to.deep.equal([
        fields!.motif === 'ebox',
        fields!.motif === 'tata',
      ]);
  });

  it('ends with texts of the pattern and of the lengths, however small the model', async () => {
    const texts = await textsOf('steered');
    expect(texts.map(({ length }) => length)).to.deep.equal([16, 16, 18, 18, 20, 20, 22, 22]);
    for (const text of texts) expect(text).to.match(/^ATG[ACGT]*CACGTG[ACGT]*TA[AG]$/);
  });

  it('ends with texts for each label, and with hairpins', async () => {
    expect(await textsOf('labels')).to.have.length(4);
    const complement: Readonly<Record<string, string>> = { A: 'T', T: 'A', C: 'G', G: 'C' };
    const isHairpin = (text: string): boolean => text.length === 4 || (text.length > 4 && complement[text[0]!] === text.at(-1) && isHairpin(text.slice(1, -1))); // prettier-ignore
    for (const text of await textsOf('hairpins')) expect(isHairpin(text), text).to.equal(true);
  });
});
