import { expect } from 'chai';
import { renderReport } from '../../lib/evaluate/render.js';
import { type JudgedLine, judgeRun, type RunReport } from '../../lib/evaluate/judge.js';
import { trainNgram } from '../../lib/judges/fluency/ngram.js';
import { inputErrorOf } from '../config/helpers.js';

function sample(text: string, target: unknown = {}, more: Partial<JudgedLine> = {}): JudgedLine {
  return { id: '0-0', target, sample: 0, tokens: text.split(' '), text, guides: {}, seed: 1, ...more };
}

describe('judgeRun', () => {
  const samples = [sample('a b c'), sample('a b'), sample('a b c', {}, { truncated: true }), sample('x y z u')];
  const options = [{ length: { length: 3 } }, { length: { length: 3 } }, { length: { length: 3 }, mood: {} }, {}];

  it('reports what a person counts', async () => {
    const report = await judgeRun(samples, { options, corpus: [['a', 'b'], ['a', 'b', 'c', 'd'], ['x']] });
    const { fluency, ...counts } = report;
    expect(counts).to.deep.equal({
      texts: 4,
      perGuide: { length: { mean: 2 / 3, perfect: 2 / 3, n: 3, also: { 'within 2': { mean: 1 } } } },
      unjudged: ['mood'],
      gaps: {},
      distinct: 3 / 4,
      copies: 1 / 4,
      truncated: 1,
      lengths: { mean: 3, min: 2, max: 4 },
    });
    expect(fluency).to.have.all.keys('natsPerToken');
  });

  it('measures the ceiling on the references with the same options, and compares on the texts that have one', async () => {
    const references = [['one', 'two', 'three'], ['one', 'two'], undefined, undefined];
    const { length } = (await judgeRun(samples, { options, references })).perGuide;
    // The samples score 1, 0, 1, the references 1, 0: of the two compared a half on either side.
    expect(length).to.deep.include({ mean: 2 / 3, perfect: 2 / 3, n: 3, ceiling: 1 / 2, shareOfCeiling: 1 });
  });

  it('takes the words of a target for its reference', async () => {
    const report = await judgeRun(
      [sample('a b', { words: ['p', 'q', 'r'] }), sample('a b', { words: 'p' }), sample('a b', { words: [] })],
      {
        options: [3, 2, 2].map((length) => ({ length: { length } })),
      },
    );
    expect(report.perGuide['length']).to.deep.include({ mean: 2 / 3, perfect: 2 / 3, n: 3, ceiling: 1, shareOfCeiling: 0 });
  });

  it('gives no share of a ceiling of nothing', async () => {
    const report = await judgeRun([sample('a b')], { options: [{ length: { length: 2 } }], references: [['p']] });
    expect(report.perGuide['length']).to.deep.include({ mean: 1, perfect: 1, n: 1, ceiling: 0 });
  });

  it('measures fluency of samples, references and held-out text by one model', async () => {
    const corpus = [
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
      ['a', 'c'],
    ];
    const ngram = { order: 3, minCount: 1 };
    const context = {
      options: options.map(() => ({})),
      corpus,
      ngram,
      heldOut: [['c']],
      references: [['a'], undefined, undefined, ['b']],
    };
    const { fluency } = await judgeRun(samples, context);
    const model = trainNgram(corpus, ngram);
    expect(fluency).to.deep.equal({
      natsPerToken: model.natsPerToken(samples.map(({ tokens }) => tokens)),
      references: model.natsPerToken([['a'], ['b']]),
      heldOut: model.natsPerToken([['c']]),
    });
  });

  it('says what is missing where there is nothing to judge', async () => {
    expect((await inputErrorOf(() => judgeRun([], { options: [] }))).message).to.contain('at least one sample');
    expect(
      (await inputErrorOf(() => judgeRun(samples, { options: [], references: [] }))).problems.map((p) => p.path),
    ).to.deep.equal(['/options', '/references']);
    expect((await inputErrorOf(() => judgeRun(samples, { options, corpus: [] }))).message).to.contain('at least one row');
  });
});

describe('renderReport', () => {
  const plain: RunReport = {
    texts: 4,
    perGuide: {},
    unjudged: [],
    gaps: {},
    distinct: 0.75,
    truncated: 1,
    lengths: { mean: 3, min: 2, max: 4 },
  };

  it('aligns the columns of the guides', () => {
    const text = renderReport({
      ...plain,
      perGuide: {
        pos: { mean: 0.876, perfect: 0.5, n: 4, ceiling: 0.913, shareOfCeiling: 0.9595 },
        infill: { mean: 1, perfect: 1, n: 12 },
      },
    });
    expect(text.split('\n').slice(0, 4)).to.deep.equal([
      'guide     score  perfect  ceiling  of ceiling  texts',
      'pos      87.6 %   50.0 %   91.3 %      96.0 %      4',
      'infill  100.0 %  100.0 %        -           -     12',
      '',
    ]);
  });

  it('has a line for what was measured and none for what was not', () => {
    expect(renderReport(plain)).to.equal('distinct texts   75.0 %\ntruncated texts  1 of 4\nwords a text     3.0 (2 to 4)\n');
    const full = renderReport({
      ...plain,
      unjudged: ['mood'],
      copies: 0.25,
      fluency: { natsPerToken: 2.345, references: 2, heldOut: 1.5 },
    });
    for (const line of [
      /^no judge for +mood$/m,
      /^nats a token, ngram +2\.3[45] \(perplexity 10\.\d\)$/m,
      /^ +of references +2\.00 \(perplexity 7\.39\)$/m,
      /^ +of held-out text +1\.50 \(perplexity 4\.48\)$/m,
      /^copies.* 25\.0 %$/m,
    ])
      expect(full).to.match(line);
  });
});
