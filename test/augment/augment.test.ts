import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { builtInGuides } from '../../guidance/index.js';
import { augment, type AugmentHooks } from '../../lib/augment/augment.js';
import type { Provenance } from '../../lib/augment/results.js';
import { InputError, Interrupted } from '../../lib/base/errors.js';
import { checkConfig } from '../../lib/config/index.js';
import { writeAugmentReport } from '../../lib/report/augment-page.js';
import { sampleLines } from '../../lib/run/read-samples.js';
import { readCorpus } from '../../lib/text/corpus.js';
import { quickAugment, writeSynthetic } from './synthetic.js';

describe('augment', function () {
  this.timeout(120_000);

  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'diffusteer-augment-'));
    await writeSynthetic(folder);
  });
  after(() => rm(folder, { recursive: true }));

  const config = (name: string, more: object = {}) =>
    checkConfig('augment', {
      ...quickAugment,
      data: { file: 'rows.csv', label: 'kind' },
      from: join(folder, 'base'),
      guidance: [{ guide: 'length', length: { min: 4, max: 5 } }],
      output: join(folder, name),
      device: 'onnx-cpu',
      ...more,
    });
  const run = (name: string, hooks: AugmentHooks = {}, more: object = {}) =>
    augment(config(name, more), folder, builtInGuides, 'augment.json', hooks);
  const failure = (work: Promise<unknown>): Promise<Error> => work.then(() => expect.fail('ended'), (error: unknown) => error as Error); // prettier-ignore
  const read = (name: string, file: string) => readFile(join(folder, name, file), 'utf8');

  it('makes rows with the labels and controls asked for, each with its provenance, and a report', async () => {
    const { summary, isNew } = await run('once');
    expect(isNew).to.equal(true);
    const made = (await readCorpus(join(folder, 'once/generated.csv'), { column: 'text', fields: { label: 'kind' } })).rows;
    expect(made).to.have.length(summary.rows.generated).and.length.above(0);
    const lines = (await read('once', 'provenance.jsonl')).trim().split('\n').map((line) => JSON.parse(line) as Provenance); // prettier-ignore
    expect(lines.map(({ row, text, label }) => [row, text, label])).to.deep.equal(
      made.map(({ text, fields }, i) => [i + 1, text, fields!['label']]),
    );
    for (const { text, judge, model, guides } of lines) {
      expect(text.split(' ')).to.have.length.within(4, 5);
      expect(judge.rank).to.equal(1); // another classifier agrees
      expect(model).to.equal(summary.model.hash);
      expect(guides).to.include.keys('classify', 'length');
    }
    for (const { label, kept, made: texts, spare, refused, why } of summary.labels) {
      expect(kept)
        .to.equal(lines.filter((line) => line.label === label).length)
        .and.at.most(3);
      expect(kept + spare + Object.values(refused).reduce((a, b) => a + b, 0)).to.equal(texts);
      expect(why === undefined).to.equal(kept === 3);
    }
    const given = (await readCorpus(join(folder, 'rows.csv'), { column: 'text' })).rows.map(({ text }) => text);
    const all = (await readCorpus(join(folder, 'once/augmented.csv'), { column: 'text' })).rows.map(({ text }) => text);
    expect(all).to.deep.equal([...given, ...made.map(({ text }) => text)]);
    await writeAugmentReport(join(folder, 'once'), summary);
    expect(await read('once', 'report.html'))
      .to.contain('What became of the texts')
      .and.contain(made[0]!.text);
  });

  it('rewrites rows and names of labels without a guide of labels', async () => {
    const { summary } = await run('rewritten', {}, { rewrite: { keep: 2 }, labelNames: true, filter: { ...quickAugment.filter, rank: 0 } }); // prettier-ignore
    expect(await readdir(join(folder, 'rewritten'))).not.to.include('guide');
    const targets: { label: string; template: string[]; of: string }[] = [];
    for await (const { target, tokens } of sampleLines(join(folder, 'rewritten/rounds/1/samples.jsonl'))) {
      const { template } = target as (typeof targets)[0];
      targets.push(target as (typeof targets)[0]);
      let from = 0;
      for (const word of template.filter((item) => !item.startsWith('_')))
        expect((from = tokens.indexOf(word, from) + 1), word).to.be.above(0);
    }
    expect(targets.map(({ of }) => of))
      .to.include('the heron sleeps early')
      .and.not.include('animal'); // the model lacks the names
    expect(summary.rows.given).to.equal(14);
    const all = (await readCorpus(join(folder, 'rewritten/augmented.csv'), { column: 'text', fields: { label: 'kind' } })).rows;
    expect(all.slice(12, 14).map(({ text }) => text)).to.deep.equal(['animal', 'plant']);
  });

  it('resumes a stopped run to the same bytes, whatever the stage, and a finished run does nothing', async () => {
    const stages = ['model', 'guide', 'texts'] as const;
    for (const stage of stages) {
      const stop = new AbortController();
      const stopped = run('stopped', { signal: stop.signal, onStage: (name) => name === stage && stop.abort() });
      expect(await failure(stopped)).to.be.instanceOf(Interrupted);
    }
    expect(await readdir(join(folder, 'stopped'))).not.to.include('generated.csv');
    await run('stopped');
    const places = (text: string) => text.replaceAll(join(folder, 'stopped'), join(folder, 'once'));
    for (const file of ['generated.csv', 'augmented.csv', 'provenance.jsonl', 'summary.json'])
      expect(places(await read('stopped', file)), file).to.equal(await read('once', file));
    const stages2: string[] = [];
    expect(await run('stopped', { onStage: (name) => stages2.push(name) })).to.include({ isNew: false });
    expect(stages2).to.deep.equal([]);
  });

  it('refuses a folder of another config or other rows, and names what differs', async () => {
    const other = await failure(run('once', {}, { perLabel: 4 }));
    expect(other).to.be.instanceOf(InputError);
    expect(other.message)
      .to.contain('once/augment.json')
      .and.contain('/perLabel: differs')
      .and.contain('choose another output folder');
    await writeFile(
      join(folder, 'changed.csv'),
      `${await readFile(join(folder, 'rows.csv'), 'utf8')}the toad sleeps late,animal,pond\n`,
    );
    const rows = await failure(run('once', {}, { data: { file: 'changed.csv', label: 'kind' } }));
    expect(rows.message).to.contain('/data: the rows have changed');
  });

  it('reports all problems of a config before any work', async () => {
    await writeFile(join(folder, 'bad.csv'), 'text,kind\na rose,plant\nA rose.,Plant\nthe heron,bird\nthe heron,bird\n');
    const wrong = await failure(
      run('never', {}, {
        data: { file: 'bad.csv', label: 'kind' },
        guidance: [{ guide: 'lenght', length: 3 }],
        train: { 'model.layers': 'many', seed: 3 },
        generate: { 'sampler.stepz': 3 },
        filter: { embedder: join(folder, 'base') },
      }), // prettier-ignore
    );
    expect(wrong.message).to.contain('no guide is named "lenght"');
    expect(wrong.message).to.contain(
      'labels that differ in more than case and spaces, found "Plant" (1 row, first in line 3) and "plant" (1 row, first in line 2)',
    );
    expect(wrong.message).to.contain('expected at least 2 rows per label, found "plant" (1 row, first in line 2)');
    expect(wrong.message)
      .to.contain('/train/model/layers: expected an integer')
      .and.contain('/train/seed: is decided by `augment`');
    expect(wrong.message).to.contain('/generate/sampler/stepz: unknown key');
    expect(wrong.message).to.contain('/filter/embedder: ').and.contain('it lacks ');
    expect(await readdir(folder)).not.to.include('never');
  });
});
