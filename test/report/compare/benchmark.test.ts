import { expect } from 'chai';
import { checkConfig } from '../../../lib/config/index.js';
import { benchmarkPanels } from '../../../lib/report/compare/benchmark.js';
import { benchmarkMarkdown, benchmarkText } from '../../../lib/report/compare/benchmark-document.js';
import { fakeMetrics } from './fake-metrics.js';

const { tasks, rows, published } = checkConfig('benchmark', {
  output: 'out',
  tasks: [
    { name: 'pos', title: 'Tags', controls: [{ guide: 'pos' }] },
    {
      name: 'both',
      title: 'Both',
      controls: [
        { guide: 'attribute', measure: 'literal', title: 'value' },
        { guide: 'attribute', main: false },
        { guide: 'pos' },
      ],
    },
  ],
  rows: [
    { name: 'a', task: 'pos', method: 'ours', config: 'c.json' },
    { name: 'b', task: 'pos', method: 'search', config: 'c.json' },
    { name: 'c', task: 'both', method: 'ours', config: 'c.json' },
  ],
  published: [{ method: 'Theirs', source: 'T 2020', figures: { both: { control: [70, null, 60.5], fluency: 2.5 } } }],
});

const both = fakeMetrics({ attribute: 0.9 }, { ngram: 2, lm: 3 }, { gaps: { pos: 'the tagger died' } });
const interval = { mean: 0.75, low: 0.7, high: 0.8 };
const attribute = { ...both.guides['attribute']!, also: { literal: { ...interval, ceiling: 0.8 } } };
const entries = [
  { row: rows[0]!, metrics: fakeMetrics({ pos: 0.8 }, { ngram: 2, lm: 1 }, { secondsPerText: 1 }) },
  { row: rows[1]!, failure: 'no model' },
  { row: rows[2]!, metrics: { ...both, guides: { attribute } } },
];
const page = { tasks, entries, published, circumstances: ['Machine: one.'] };

describe('the tables of a benchmark', () => {
  const markdown = benchmarkMarkdown(page);

  it('have a row per method and a column per task, control before fluency, ours before published ones', () => {
    expect(markdown).to.contain(
      [
        '| control, % / fluency | Tags | Both |',
        '| --- | --: | --: |',
        '| ours | 80.0 / 1.00 | 75.0, - / 3.00 |',
        '| search | - | - |',
        '| Theirs, published | - | 70.0, 60.5 / 2.50 |',
      ].join('\n'),
    );
  });

  it('give each task its controls with intervals and ceilings, and published lm-scores a separate column', () => {
    const [, table] = markdown.split('### Both');
    expect(table).to.contain(
      '| method | value, % | of references | attribute, % | of references | pos, % | of references | nats per token (lm) | nats per token (ngram) | perplexity | lm-score of the paper | s per text | texts |',
    );
    expect(table).to.contain(
      '| ours | 75.0 [70.0, 80.0] | 80.0 | 90.0 [88.0, 92.0] | - | - | - | 3.00 [2.90, 3.10] | 2.00 [1.90, 2.10] | 20.09 |',
    );
    expect(table).to.contain('| Theirs, published | 70.0 | - | - | - | 60.5 | - | - | - | - | 2.50 | - | - |');
  });

  it('warn if a language model judges texts that it may have written itself', () => {
    expect(markdown).to.not.contain('finds its own texts likely');
    const { config } = both;
    const method = { name: 'fudge', model: 'lm', topK: 100, strength: 1, n: 1, temperature: 1, topP: 1 } as const;
    const written = [{ row: rows[0]!, metrics: { ...both, config: { ...config, method } } }];
    expect(benchmarkMarkdown({ ...page, entries: written })).to.contain('finds its own texts likely');
  });

  it('name the failed runs and the missing judgements', () => {
    for (const text of [markdown, benchmarkText(page)])
      expect(text).to.contain('b failed: no model').and.to.contain('c, pos: the tagger died');
  });

  it('are drawn with a panel per control of the main table, and the same number for a method in all', () => {
    const panels = benchmarkPanels(tasks, entries);
    expect(panels.map(({ title, points }) => [title, points.map(({ name, success }) => [name, success.mean])])).to.deep.equal([
      ['Tags', [['1 ours', 0.8]]],
      ['Both: value', [['1 ours', 0.75]]],
      ['Both: pos', []],
    ]);
  });
});
