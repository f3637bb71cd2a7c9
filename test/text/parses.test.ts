import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readParses, tagsOf, uposOf, wordsOf } from '../../lib/text/parses.js';
import { errorOf } from './helpers.js';

describe('readParses', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'parses-'))));
  after(() => rm(folder, { recursive: true }));

  const first = { words: ['Otters', 'swim'], tags: ['NNS', 'VBP'], upos: ['NOUN', 'VERB'], tree: '(S (NNS Otters) (VBP swim))' };
  const second = { words: ['!'], tags: ['.'], upos: ['PUNCT'], tree: '(. !)' };

  const write = async (...rows: unknown[]): Promise<string> => {
    const path = join(folder, 'a.jsonl');
    await writeFile(path, rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n'));
    return path;
  };

  it('gives the words and tags of all sentences of a row in order', async () => {
    const [row, none] = await readParses(await write({ line: 3, sentences: [first, second] }, { line: 4, sentences: [] }));
    expect(row!.line).to.equal(3);
    expect(wordsOf(row!)).to.deep.equal(['Otters', 'swim', '!']);
    expect(tagsOf(row!)).to.deep.equal(['NNS', 'VBP', '.']);
    expect(uposOf(row!)).to.deep.equal(['NOUN', 'VERB', 'PUNCT']);
    expect(wordsOf(none!)).to.deep.equal([]);
  });

  it('names every invalid line', async () => {
    const uneven = { line: 1, sentences: [first, { ...first, upos: ['NOUN'] }] };
    const noTree = { line: 2, sentences: [{ words: ['a'], tags: ['DT'], upos: ['DET'] }] };
    const message = await errorOf(
      readParses(await write({ line: 0, sentences: [first] }, uneven, noTree, '{"line"', { line: -1, sentences: [] })),
    );
    expect(message).to.match(/4 problems/);
    expect(message).to.match(/line 2: \/sentences\/1: expected as many tags and upos as words/);
    expect(message).to.match(/line 3: .*\/sentences\/0 must have required property 'tree'/);
    expect(message).to.match(/line 4: .*something else/);
    expect(message).to.match(/line 5: .*\/line must be >= 0/);
  });

  it('refuses a file without parses', async () => {
    expect(await errorOf(readParses(await write('')))).to.match(/there are no parses/);
  });
});
