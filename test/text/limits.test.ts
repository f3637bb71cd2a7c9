import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { builtInGuides } from '../../guidance/index.js';
import { printable, printableLines } from '../../lib/base/printable.js';
import { checkConfig, loadConfig, readTargets } from '../../lib/config/index.js';
import { jsonErrorOffset } from '../../lib/config/json-error.js';
import { loadRunConfig } from '../../lib/plan/load-run.js';
import { readManifest } from '../../lib/run/manifest.js';
import { readCorpus } from '../../lib/text/corpus.js';
import { infillTemplateProblems } from '../../lib/text/infill-template.js';
import { loadTokenizer } from '../../lib/text/load-tokenizer.js';
import { loadTraining } from '../../lib/train/denoiser/train-config.js';
import { loadGuideTraining } from '../../lib/train/guides/guide-config.js';
import { readBracketing } from '../../lib/text/penn-tree.js';
import { parseWordRegex } from '../../lib/text/word-regex.js';
import { describeError } from '../../scripts/exit.js';
import { describeSample } from '../../scripts/sample-view.js';
import { withFolder } from '../tiny-model.js';
import { errorOf } from './helpers.js';

/** Runs `use` with a function that writes a file and returns its path. */
const withFiles = (use: (write: (name: string, content: string | Uint8Array) => Promise<string>) => Promise<void>) =>
  withFolder((folder) =>
    use(async (name, content) => {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    }),
  );

describe('inputs that are too large', () => {
  it('are refused by their number of lines, before each line becomes an object', () =>
    withFiles(async (write) => {
      const newlines = Buffer.alloc(5_000_001, 10);
      const packed = await write('a.txt.gz', gzipSync(newlines));
      expect(await errorOf(readCorpus(packed))).to.contain('a.txt.gz: expected at most 5 million lines; split the file');
      expect(await errorOf(readTargets(await write('targets.jsonl', newlines)))).to.contain('at most 5 million lines');
    }));

  it('are refused if they never end', async () => {
    expect(await errorOf(loadConfig('generate', '/dev/zero'))).to.contain('/dev/zero: expected at most 10 MB');
  });

  it('as CSV with many blank lines are read in time, and one record of many fields is refused in a short message', () =>
    withFiles(async (write) => {
      const before = process.cpuUsage();
      const { rows, skipped } = await readCorpus(await write('a.csv', `text\n${'\n'.repeat(200_000)}"a\nb"\n\nc\n`));
      expect(rows.map(({ line, text }) => [line, text])).to.deep.equal([[200_002, 'a\nb'], [200_005, 'c']]); // prettier-ignore
      expect(skipped).to.have.length(200_001);
      const { user, system } = process.cpuUsage(before);
      expect(user + system, 'microseconds').to.be.below(1.5e6); // 1.7e6 if each blank line is a record of csv-parse
      const message = await errorOf(readCorpus(await write('b.csv', `${','.repeat(900_000)}\nx\n`), { column: 'text' }));
      expect(message).to.contain('and 899951 more').and.have.length.below(1000);
      expect(await errorOf(readCorpus(await write('c.csv', `text\n"${'x'.repeat(1_100_000)}"\n`)))).to.contain(
        'c.csv: Max Record Size',
      );
    }));

  it('as tokenizers with huge ids are refused before room is made for them', () =>
    withFiles(async (write) => {
      const model = { type: 'WordPiece', unk_token: '[UNK]', vocab: { '[UNK]': 0, '[PAD]': 1, '[CLS]': 2, '[SEP]': 1e9 } };
      const path = await write('tokenizer.json', JSON.stringify({ version: '1.0', added_tokens: [], model }));
      expect(await errorOf(loadTokenizer(join(path, '..')))).to.contain(
        'without large gaps, got the id 1000000000 among 4 tokens',
      );
    }));

  it('as templates are refused before their gaps are written out', () => {
    const [problem] = infillTemplateProblems(`a ${'_:4096 '.repeat(100_000)}`);
    expect(problem!.message).to.equal('expected at most 4096 words and gaps in all, got 409600001');
    expect(infillTemplateProblems(`a _:4095`)).to.deep.equal([]);
  });
});

describe('inputs nested too deep', () => {
  const nested = (depth: number): unknown => (depth === 0 ? { guide: 'length', length: 3 } : { not: nested(depth - 1) });

  it('are refused by name: clauses, overrides, targets, repetitions', () =>
    withFiles(async (write) => {
      const check = (config: object, set: string[] = []) =>
        Promise.resolve().then(() => checkConfig('generate', config, { set }));
      const limit = 'expected at most 100 lists and objects inside each other';
      expect(await errorOf(check({ guidance: [nested(1000)] }))).to.contain(limit);
      expect(await errorOf(check({}, [`guidance=[${JSON.stringify(nested(1000))}]`]))).to.contain(limit);
      const nestedRun = await write('run.json', JSON.stringify({ guidance: [nested(1000)] }));
      expect(await errorOf(loadRunConfig(nestedRun, builtInGuides))).to.contain(limit);
      expect(await errorOf(readManifest(nestedRun))).to.contain(limit);
      for (const deep of [1000, 5000]) {
        const training = await write('train.json', `{"corpus":${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}}`);
        expect(await errorOf(loadTraining(training, '.'))).to.contain(limit);
        expect(await errorOf(loadGuideTraining(training))).to.contain(limit);
      }
      expect(checkConfig('generate', { model: 'm', guidance: [nested(90)], output: 'x' }).guidance).to.have.length(1);
      const path = await write('t.jsonl', `{"a":1}\n${'['.repeat(5000)}${']'.repeat(5000)}\n`);
      expect(await errorOf(readTargets(path))).to.contain(`line 2: ${limit}`);
      const stars = Promise.resolve().then(() => parseWordRegex(`a${'*'.repeat(9000)}`, (text) => [text]));
      expect(await errorOf(stars)).to.contain('expected at most 100 repetitions of one part');
    }));

  it('are read to exactly 500 nodes in trees', () => {
    const tree = (depth: number) => `${'(S '.repeat(depth - 1)}(NN pond)${')'.repeat(depth - 1)}`;
    expect(readBracketing(tree(500))).to.have.length(1);
    expect(readBracketing(tree(501))).to.deep.include({ message: 'expected at most 500 nodes inside each other' });
  });
});

describe('errors in large files', () => {
  it('are found in JSON after a string of megabytes', () => {
    expect(jsonErrorOffset(`{"a":"${'x'.repeat(9e6)}\\n" nope`)).to.equal(9e6 + 10);
    expect(jsonErrorOffset('["\\u12"]')).to.equal(1);
    expect(jsonErrorOffset('["a\nb"]')).to.equal(1);
  });

  it('are found at the right byte of a long line with many U+FFFD', () =>
    withFiles(async (write) => {
      const cases: [string, number[], number][] = [
        ['\ufffd'.repeat(100_000), [0xff], 300_000],
        [`${'\ufffd'.repeat(1000)}abc`, [0xe2, 0x82, 0x41, 0x41, 0x41, 0x41, 0x41], 3003],
        ['é'.repeat(50), Array.from({ length: 30 }, () => 0x80), 100],
        ['', [0xf0, 0x9f, 0x98], 0],
      ];
      for (const [text, wrong, at] of cases) {
        const path = await write('a.txt', Buffer.concat([Buffer.from(text), Buffer.from(wrong)]));
        const before = process.cpuUsage();
        expect(await errorOf(readCorpus(path))).to.contain(`line 1, byte ${at} of the file`);
        expect(process.cpuUsage(before).user, 'microseconds').to.be.below(1e6);
      }
    }));
});

describe('control characters', () => {
  const escape = '\u001b[2J\u009b31m';

  it('of targets, texts and messages do not reach the terminal', () => {
    const shown = describeSample({
      ...{ id: '0-0', target: { note: escape, list: [escape] }, sample: 0, tokens: ['a'], text: `a${escape}`, seed: 1 },
      guides: { [escape]: { logProb: null, holds: false } },
    });
    expect(shown.split('\n')).to.have.length(2);
    const message = describeError(new Error(escape), false);
    for (const text of [shown, message, printable(escape), printableLines(`a\n${escape}`)])
      expect(text.replaceAll('\n', '')).to.match(/^\P{Cc}*$/u);
  });
});
