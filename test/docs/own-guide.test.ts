import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { diffusteer, type Ended } from './diffusteer.js';
import { blocksOf, commandsOf, type Block } from './read-markdown.js';

/** Overrides that make the walkthrough short enough for a test; the commands stay as written. */
const TINY = ['sampler.steps=3', 'samplesPerTarget=2', 'batchSize=4'].flatMap((override) => ['--set', override]);

describe('docs/writing-guides.md: from nothing to a success rate', function () {
  this.timeout(120_000); // four processes, one after another

  let folder: string;
  let blocks: Block[];
  const ended: Ended[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'diffusteer-own-guide-'));
    blocks = await blocksOf('docs/writing-guides.md');
    await writeFile(join(folder, 'avoid.json'), shown('avoid.json'));
    const commands = commandsOf(blocks).filter((args) => args.some((arg) => arg.includes('avoid')));
    expect(commands.map(([name]) => name)).to.deep.equal(['new-guide', 'check', 'generate', 'judge']);
    for (const args of commands) {
      const withoutCorpus = args.filter((arg) => !['--corpus', 'data/e2e/train.csv', '--column', 'ref'].includes(arg));
      ended.push(await diffusteer([...withoutCorpus, ...(args[0] === 'generate' ? TINY : [])], folder));
    }
  });
  after(() => rm(folder, { recursive: true }));

  const shown = (name: string): string => blocks.find((block) => block.name === name)!.text;

  it('shows the generated guide, and its commands run up to the success rate', async () => {
    for (const { code, stderr } of ended) expect(code, stderr).to.equal(0);
    expect(await readFile(join(folder, 'plugins/avoid.ts'), 'utf8')).to.equal(shown('plugins/avoid.ts'));
    const [, checked, made, judged] = ended;
    expect(checked!.stdout).to.contain('guides: avoid');
    for (const { stdout } of [made!, judged!]) expect(stdout).to.match(/^avoid +100\.0 %/m);
  });

  it('shows the error for factors of the wrong size', async () => {
    const source = (await readFile(join(folder, 'plugins/avoid.ts'), 'utf8')).replace(
      'maxTokens * vocabulary.size',
      'vocabulary.size',
    );
    await writeFile(
      join(folder, 'plugins/avoid.ts'),
      source.replace('for (const word of words)', 'for (const word of [] as string[])'),
    );
    const { stderr, code } = await diffusteer(['check', 'avoid.json', '--plugins', 'plugins'], folder);
    expect(code).to.equal(2);
    expect(stderr).to.equal(blocks.find(({ language, text }) => language === 'text' && text.startsWith('plugins/'))!.text);
  });
});
