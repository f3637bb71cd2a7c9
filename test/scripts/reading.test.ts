import { expect } from 'chai';
import { mix, openKey, sheet, tally } from '../../scripts/dev/reading.js';

const sources = { old: ['A heron waits.', 'Heron the waits.'], new: ['The pond is quiet.'], people: ['We saw a heron.'] };

describe('a blind reading', () => {
  const key = mix(sources, ['people'], 3);

  it('shows texts without their sources, in another order for another seed', () => {
    const lines = sheet(key).trim().split('\n');
    expect(lines.map((line) => line.split('\t')[1]).sort()).to.deep.equal(Object.values(sources).flat().sort());
    expect(lines.map((line) => line.split('\t')[0])).to.deep.equal(['1', '2', '3', '4']);
    const orders = Array.from({ length: 10 }, (_, seed) => sheet(mix(sources, [], seed)));
    expect(new Set(orders).size).to.be.greaterThan(3);
    expect(sheet(mix(sources, [], 3))).to.equal(sheet(key));
  });

  it('counts marks by source, and keeps the sentences of people out of the record', () => {
    const at = key.entries.findIndex(({ text }) => text === 'Heron the waits.') + 1;
    const marked = openKey(key, `${at}\tword order\n`, 'marks');
    expect(tally(marked)).to.deep.equal([
      { source: 'new', good: 1, all: 1 },
      { source: 'old', good: 1, all: 2 },
      { source: 'people', good: 1, all: 1 },
    ]);
    expect(marked[at - 1]).to.deep.equal({ source: 'old', row: 2, text: 'Heron the waits.', bad: 'word order' });
    expect(marked.find(({ source }) => source === 'people')).to.deep.equal({ source: 'people', row: 1 });
  });

  it('refuses marks of no text, and marks without a reason', () => {
    expect(() => openKey(key, '\n9\todd\n', 'marks')).to.throw(/marks, line 2: expected a number from 1 to 4/);
    expect(() => openKey(key, '2\n', 'marks')).to.throw(/a tab and a reason, found "2"/);
  });
});
