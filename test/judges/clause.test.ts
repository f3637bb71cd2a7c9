import { expect } from 'chai';
import type { ClauseTree } from '../../lib/config/index.js';
import { judgeRun } from '../../lib/evaluate/judge.js';
import { type JudgedGuide } from '../../lib/judges/controls/clause.js';
import { type Judge } from '../../lib/judges/judge.js';
import type { SampleLine } from '../../lib/run/sample-line.js';

const has: Judge = {
  name: 'has',
  score: async (texts, targets) =>
    texts.map((words, i) => ({ value: words.includes((targets[i] as { word: string }).word) ? 1 : 0.5 })),
};
const leaf = (word: string, guide = 'has'): ClauseTree<JudgedGuide> => ({ leaf: { guide, options: { word } } });
const group = (op: 'all' | 'any' | 'not', ...members: ClauseTree<JudgedGuide>[]): ClauseTree<JudgedGuide> => ({
  ...{ op, label: op, path: '', weight: 1 },
  members,
});
const lineOf = (text: string, i: number): SampleLine => ({
  ...{ id: String(i), target: {}, sample: 0, text, guides: {}, seed: 1 },
  tokens: text.split(' '),
});
const texts = ['a b', 'a', 'b', 'c'];
const judged = (clause: ClauseTree<JudgedGuide>, label: string) =>
  judgeRun(texts.map(lineOf), { options: texts.map(() => ({ [label]: clause })), judges: [has] });

describe('judging a clause', () => {
  it('judges it as a whole: a member holds if its judge gives 1', async () => {
    const share = async (clause: ClauseTree<JudgedGuide>, label: string) =>
      (await judged(clause, label)).guides[label]!.score.mean;
    expect(await share(group('any', leaf('a'), leaf('b')), 'any')).to.equal(3 / 4);
    expect(await share(group('not', leaf('a')), 'not#2')).to.equal(2 / 4);
    expect(await share(group('any', group('all', leaf('a'), leaf('b')), group('not', leaf('b'))), 'any')).to.equal(3 / 4);
    expect(await share(group('not', group('any', leaf('a'), leaf('c'))), 'not')).to.equal(1 / 4);
  });

  it('leaves a gap that names the guide without a judge', async () => {
    const { guides, gaps } = await judged(group('any', leaf('a'), leaf('b', 'mood')), 'any');
    expect(guides).to.deep.equal({});
    expect(gaps['any']).to.equal('0 of 4 texts are judged: no judge knows the guide "mood", which is inside the clause');
  });
});
