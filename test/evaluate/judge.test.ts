import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtInGuides } from '../../guidance/index.js';
import { checkConfig } from '../../lib/config/index.js';
import { evaluateRun } from '../../lib/evaluate/evaluate.js';
import { judgeFolder, judgeRun } from '../../lib/evaluate/judge.js';
import type { RunFigures } from '../../lib/evaluate/metrics.js';
import { ngramFluency } from '../../lib/judges/fluency/fluency.js';
import { trainNgram } from '../../lib/judges/fluency/ngram.js';
import { renderReport } from '../../lib/report/render-report.js';
import type { SampleLine } from '../../lib/run/sample-line.js';
import { inputErrorOf } from '../config/helpers.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';

const line = (text: string, target: SampleLine['target'] = {}, more: Partial<SampleLine> = {}): SampleLine => ({
  ...{ id: '0-0', target, sample: 0, tokens: text.split(' '), text, guides: {}, seed: 1 },
  ...more,
});

describe('judgeRun', () => {
  const lines = [
    line('a b c', { i: 0 }, { id: '0-0' }),
    line('a b', { i: 1 }, { id: '1-0' }),
    line('a b c', { i: 2 }, { id: '2-0', truncated: true }),
    line('x y z u', { i: 3 }, { id: '3-0' }),
  ];
  const options = [{ length: { length: 3 } }, { length: { length: 3 } }, { length: { length: 3 }, mood: {} }, {}];
  const referenceOf = (references: readonly (readonly string[])[]) => (target: SampleLine['target']) =>
    references[target['i'] as number];

  it('gives figures computed by hand', async () => {
    const figures = await judgeRun(lines, { options, corpus: [['a', 'b'], ['a', 'b', 'c', 'd'], ['x']] });
    const { diversity, novelty, ...rest } = figures;
    expect(rest).to.deep.equal({
      texts: 4,
      targets: 4,
      guides: {
        length: {
          score: { mean: 2 / 3 },
          perfect: { mean: 2 / 3 },
          also: { 'within 2': { mean: 1 } },
          judge: 'the words of the text',
          texts: 3,
        },
      },
      fluency: {},
      gaps: {},
      unjudged: ['mood'],
      truncated: 1,
      lengths: { mean: 3, min: 2, max: 4 },
    });
    expect(diversity.distinctTexts).to.equal(3 / 4);
    expect(diversity.distinct[0], 'seven words among twelve').to.equal(7 / 12);
    expect(novelty).to.deep.equal({ copies: { mean: 1 / 4 } });
  });

  it('measures the ceiling on the references with the same options, and compares on the texts that have one', async () => {
    const references = referenceOf([
      ['one', 'two', 'three'],
      ['one', 'two'],
    ]);
    const { length } = (await judgeRun(lines, { options, referenceOf: references })).guides;
    // The texts score 1, 0, 1, the references 1, 0: of the two that are compared, a half on either side.
    expect(length).to.deep.include({ score: { mean: 2 / 3 }, perfect: { mean: 2 / 3 }, texts: 3, ceiling: 1 / 2, ofCeiling: 1 });
  });

  it('takes the words of a target as its reference', async () => {
    const asked = [line('a b', { words: ['p', 'q', 'r'] }), line('a b', { words: 'p' }), line('a b', { words: [] })];
    const { guides } = await judgeRun(asked, { options: [3, 2, 2].map((length) => ({ length: { length } })) });
    expect(guides['length']).to.deep.include({ score: { mean: 2 / 3 }, texts: 3, ceiling: 1, ofCeiling: 0 });
  });

  it('gives no share of a ceiling of zero', async () => {
    const { guides } = await judgeRun([line('a b', { ref: 'p' })], { options: [{ length: { length: 2 } }] });
    expect(guides['length']).to.deep.include({ score: { mean: 1 }, perfect: { mean: 1 }, texts: 1, ceiling: 0 });
    expect(guides['length']).to.not.have.property('ofCeiling');
  });

  it('measures the fluency of texts, references and held-out text by one model', async () => {
    const corpus = [
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
      ['a', 'c'],
    ];
    const ngram = { order: 3, minCount: 1 };
    const { fluency } = await judgeRun(lines, {
      options: options.map(() => ({})),
      fluency: [ngramFluency(corpus, 'three rows', ngram)],
      heldOut: [['c']],
      referenceOf: (target) => [['a'], undefined, undefined, ['b']][target['i'] as number],
    });
    const model = trainNgram(corpus, ngram);
    const own = model.natsPerToken(lines.map(({ tokens }) => tokens));
    expect(fluency['ngram']!.natsPerToken.mean).to.be.closeTo(own, 1e-12);
    expect(fluency['ngram']!.perplexity).to.be.closeTo(Math.exp(own), 1e-12);
    expect(fluency['ngram']!.references).to.be.closeTo(model.natsPerToken([['a'], ['b']]), 1e-12);
    expect(fluency['ngram']!.heldOut).to.equal(model.natsPerToken([['c']]));
  });

  it('says what is missing if nothing can be judged', async () => {
    expect((await inputErrorOf(() => judgeRun([], { options: [] }))).message).to.contain('at least one text');
    expect((await inputErrorOf(() => judgeRun(lines, { options: [] }))).problems.map((p) => p.path)).to.deep.equal(['/options']);
  });
});

describe('judgeFolder', () => {
  const RUN = [
    { text: 'a heron waits .', target: { length: 4, ref: 'a heron waits .' } },
    { text: 'the pond is green .', target: { length: 4, ref: 'the pond is old' } },
    { text: 'a heron sleeps', target: { length: 3 } },
  ];

  async function writeRun(folder: string): Promise<void> {
    await writeTinyModel(join(folder, 'model'));
    const guidance = [{ guide: 'length', length: { from: 'length' } }];
    const config = checkConfig('generate', { model: join(folder, 'model'), output: folder, guidance });
    const made = { version: '0', device: 'onnx-cpu', threads: 1, model: { path: config.model, hash: '' } };
    await writeFile(join(folder, 'run.json'), JSON.stringify({ config, ...made, texts: RUN.length }));
    await writeFile(join(folder, 'timing.jsonl'), '{"shard":0,"texts":3,"ms":750}\n');
    const lines = RUN.map(({ text, target }, i) => JSON.stringify(line(text, target, { id: `${i}-0` })));
    await writeFile(join(folder, 'samples.jsonl'), `${lines.join('\n')}\n`);
  }

  it('gives the figures of an evaluation, without intervals', () =>
    withFolder(async (folder) => {
      const [corpus, heldOut] = [join(folder, 'corpus.txt'), join(folder, 'held-out.txt')];
      await writeFile(corpus, 'a heron waits .\nthe pond is old .\n');
      await writeFile(heldOut, 'a heron is old .\n');
      await writeRun(folder);
      const judged = await judgeFolder(folder, builtInGuides, { corpus, heldOut });
      const {
        bootstrap: _,
        config: __,
        novelty: ___,
        ...evaluated
      } = await evaluateRun(folder, builtInGuides, { corpus, heldOut });
      const withoutIntervals: unknown = JSON.parse(
        JSON.stringify(evaluated, (key, value: unknown) => (key === 'low' || key === 'high' ? undefined : value)),
      );
      const { novelty, ...others } = judged;
      expect(others).to.deep.equal(withoutIntervals);
      expect(novelty).to.deep.equal({ copies: { mean: 1 / 3 } });
      expect(judged.references!.texts).to.equal(2);
      expect(judged.secondsPerText).to.equal(0.25);
      const shown = (figures: RunFigures) =>
        renderReport(figures)
          .replace(/ +\d+\.\d+ to \d+\.\d+|95 %/g, '')
          .replace(/ +/g, ' ')
          .replace(/ $/gm, '');
      expect(shown(others)).to.equal(shown(evaluated));
    }));
});

describe('renderReport', () => {
  const plain: RunFigures = {
    texts: 4,
    targets: 1,
    guides: {},
    fluency: {},
    diversity: { distinctTexts: 0.75, distinct: [0.5, 0.6, 0.7, 0.8] },
    unjudged: [],
    gaps: {},
    truncated: 1,
    lengths: { mean: 3, min: 2, max: 4 },
  };
  const tagger = { also: {}, judge: 'a tagger' };

  it('aligns the columns of the guides, and has no column of intervals if there are none', () => {
    const text = renderReport({
      ...plain,
      guides: {
        pos: { score: { mean: 0.876 }, perfect: { mean: 0.5 }, texts: 4, ceiling: 0.913, ofCeiling: 0.9595, ...tagger },
        infill: { score: { mean: 1 }, perfect: { mean: 1 }, texts: 12, ...tagger, also: { other: { mean: 0.25 } } },
      },
    });
    expect(text.split('\n').slice(0, 7)).to.deep.equal([
      '4 texts for 1 target',
      '',
      'control    score  perfect  ceiling  of ceiling  texts',
      'pos       87.6 %   50.0 %   91.3 %      96.0 %      4',
      'infill   100.0 %  100.0 %        -           -     12',
      '  other   25.0 %                 -',
      '',
    ]);
    expect(text).to.match(/^pos judged by +a tagger$/m);
  });

  it('has a line only for what was measured', () => {
    expect(renderReport(plain).split('\n').slice(2)).to.deep.equal([
      'measure                             value',
      'distinct texts                     75.0 %',
      'distinct-1 to 4  50.0, 60.0, 70.0, 80.0 %',
      'words per text               3.0 (2 to 4)',
      'truncated texts                    1 of 4',
      '',
    ]);
    const full = renderReport({
      ...plain,
      unjudged: ['mood'],
      gaps: { tree: 'needs\na parser' },
      novelty: { copies: { mean: 0.25 } },
      fluency: { ngram: { natsPerToken: { mean: 2.345 }, perplexity: 10.43, references: 2, heldOut: 1.5, judge: 'n-grams' } },
    });
    for (const shown of [
      /^gap: mood +no judge knows this guide$/m,
      /^gap: tree +needs a parser$/m,
      /^nats per token \(ngram\) +2\.3[45]$/m,
      /^ +perplexity +10\.43$/m,
      /^ +of references +2\.00$/m,
      /^ +of held-out text +1\.50$/m,
      /^ngram judged by +n-grams$/m,
      /^copies of the training corpus +25\.0 %$/m,
    ])
      expect(full).to.match(shown);
  });
});
