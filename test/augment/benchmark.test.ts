import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { builtInGuides } from '../../guidance/index.js';
import { augmentBenchmark, type AugmentBenchmarkHooks, planAugmentBenchmark } from '../../lib/augment/benchmark/index.js';
import { augmentMethods, checkConfig } from '../../lib/config/index.js';
import { augmentBenchmarkMarkdown } from '../../lib/report/compare/augment-benchmark.js';
import { quickAugment, quickLanguageModel, writeSynthetic } from './synthetic.js';

describe('the benchmark of augmentation', function () {
  this.timeout(120_000);

  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'diffusteer-augment-benchmark-'));
    await writeSynthetic(folder);
  });
  after(() => rm(folder, { recursive: true }));

  const rows = (file: string) => ({ file, label: 'kind' });
  const config = (more: object = {}) =>
    checkConfig('augment-benchmark', {
      sets: [{ name: 'tiny', data: rows('rows.csv') }],
      heldOut: rows('held-out.csv'),
      real: rows('more.csv'),
      augment: { ...quickAugment, from: join(folder, 'base'), labelNames: true },
      seeds: 1,
      languageModel: { train: quickLanguageModel },
      fudge: { train: quickAugment.trainGuide },
      output: join(folder, 'out'),
      device: 'onnx-cpu',
      ...more,
    });
  const run = (more: object = {}, hooks: AugmentBenchmarkHooks = {}) =>
    augmentBenchmark(config(more), { dataFolder: folder, registry: builtInGuides, where: 'benchmark.json' }, hooks);

  it('runs every method from end to end, measures each, and makes nothing twice', async () => {
    const results = await run();
    const [{ methods, ...set }] = results.sets as [(typeof results.sets)[0]];
    expect(set).to.deep.equal({ name: 'tiny', rows: 12, labels: 2, heldOut: 20 });
    expect(methods.map(({ method }) => method)).to.deep.equal(augmentMethods);
    const { none, names, eda, real, ours } = Object.fromEntries(methods.map((its) => [its.method, its]));
    expect([none!.added, names!.added, eda!.added, real!.added]).to.deep.equal([0, 2, 8, 6]); // EDA is given the names too
    expect(ours!.added).to.be.within(3, 8);
    for (const { classifiers } of methods)
      for (const { accuracy } of classifiers) expect(accuracy.mean).to.be.within(accuracy.low, accuracy.high).and.above(0.5);
    expect(none!.classifiers[0]).not.to.have.property('gain');
    expect(real!.classifiers[0]!.gain!.mean).to.be.closeTo(
      real!.classifiers[0]!.accuracy.mean - none!.classifiers[0]!.accuracy.mean,
      1e-9,
    );
    const markdown = augmentBenchmarkMarkdown(results, []);
    expect(markdown)
      .to.match(/^\| method \| rows added \| TF-IDF \| gain, TF-IDF \|$/m)
      .and.to.match(/^\| FUDGE \|/m);

    const hits = (name: string) => readFile(join(folder, 'out/tiny/seed-1', `${name}.json`), 'utf8');
    const before = await Promise.all(augmentMethods.map(hits));
    let steps = 0;
    expect(await run({}, { onStep: () => steps++ })).to.deep.equal(results);
    expect(steps).to.equal(0);
    expect(await Promise.all(augmentMethods.map(hits))).to.deep.equal(before);
  });

  it('reports every problem before any work', async () => {
    const wrong = config({
      sets: ['tiny', 'tiny'].map((name) => ({ name, data: rows('rows.csv') })),
      heldOut: { file: 'held-out.csv', label: 'source' },
      real: { file: 'none.csv' },
      augment: { perLabel: 3, from: join(folder, 'nowhere'), filter: { rank: -1 } },
    });
    const failed = planAugmentBenchmark(wrong, { dataFolder: folder, registry: builtInGuides, where: 'benchmark.json' });
    const { message } = (await failed.catch((error: unknown) => error)) as Error;
    for (const part of ['/sets/1/name: "tiny" is taken', '/augment/filter/rank: expected', '/real: ', 'none.csv'])
      expect(message).to.contain(part);
    const strange = planAugmentBenchmark(config({ heldOut: { file: 'held-out.csv', label: 'source' } }), { dataFolder: folder, registry: builtInGuides, where: 'benchmark.json' }); // prettier-ignore
    expect(((await strange.catch((error: unknown) => error)) as Error).message).to.contain(
      'the label "garden" is not among the 2 labels of the set "tiny"',
    );
  });
});
