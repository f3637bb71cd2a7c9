import { expect } from 'chai';
import { compareRuns } from '../../../lib/report/compare/comparison.js';
import { comparisonMarkdown, comparisonText } from '../../../lib/report/compare/comparison-document.js';
import { fakeMetrics } from './fake-metrics.js';

const runs = [
  { name: 'weak', metrics: fakeMetrics({ pos: 0.8 }, { ngram: 2, lm: 2.5 }, { secondsPerText: 0.25 }) },
  { name: 'strong', metrics: fakeMetrics({ pos: 0.95, 'pos#2': 0.95 }, { ngram: 3, lm: 2.4 }, { gaps: { tree: 'no parser' } }) },
  { name: 'broken', failure: 'the disk is full' },
];

describe('a comparison of runs', () => {
  it('marks the front under a language model that all runs have, `lm` by default', () => {
    const byLm = compareRuns(runs);
    expect(byLm.fluency).to.equal('lm');
    expect(byLm.runs.map(({ front }) => front)).to.deep.equal([[], ['pos'], []]);
    expect(compareRuns(runs, 'ngram').runs.map(({ front }) => front)).to.deep.equal([['pos'], ['pos'], []]);
    const apart = [runs[0]!, { name: 'other', metrics: fakeMetrics({ pos: 0.5 }, { ngram: 4 }) }];
    expect(compareRuns(apart).fluency).to.equal('ngram');
  });

  it('shows a guide that acts twice once, unless its scores differ', () => {
    expect(compareRuns(runs).guides).to.deep.equal(['pos']);
    const two = [{ name: 'two', metrics: fakeMetrics({ pos: 0.8, 'pos#2': 0.4 }, {}) }];
    expect(compareRuns(two).guides).to.deep.equal(['pos', 'pos#2']);
  });

  it('is a table with gaps, and says what failed and what is missing', () => {
    const lines = comparisonText(compareRuns(runs)).split('\n');
    expect(lines[0]).to.match(/^ +run +pos, % +nats per token \(lm\) +perplexity +s per text +distinct, % +texts$/);
    expect(lines[1]).to.match(/^1 {2}weak +80\.0 \[78\.0, 82\.0\] +2\.50 \[2\.40, 2\.60\] +12\.18 +0\.250 +100\.0 +10$/);
    expect(lines[2]).to.match(/^2 {2}strong +\* 95\.0 \[93\.0, 97\.0\] +2\.40 \[2\.30, 2\.50\] +11\.02 +- +100\.0 +10$/);
    expect(lines[3]).to.match(/^3 {2}broken +- +- +- +- +- +-$/);
    expect(lines).to.include('broken failed: the disk is full').and.to.include('strong lack tree: no parser');
    const columns = new Set(lines.slice(0, 4).map((line) => line.length));
    expect(columns.size).to.equal(1);
  });

  it('has a column per path if the runs form a grid', () => {
    const grid = [1, 2].map((weight) => ({
      name: `weight=${weight}`,
      values: { 'guidance.0.weight': weight },
      metrics: fakeMetrics({ pos: 0.8 }, { lm: 2 }),
    }));
    const markdown = comparisonMarkdown('Sweep', compareRuns(grid));
    expect(markdown).to.contain('|  | guidance.0.weight | pos, % |').and.to.contain('| 2 | 2 | * 80.0 [78.0, 82.0] |');
  });
});
