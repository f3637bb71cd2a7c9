import { expect } from 'chai';
import fc from 'fast-check';
import { readMeaning } from '../../lib/text/meaning.js';

const parsed = (text: string): [string, string][] => {
  const meaning = readMeaning(text);
  if (typeof meaning === 'string') throw new Error(meaning);
  return [...meaning];
};

describe('a meaning representation', () => {
  it('gives the values by slot, without the spaces around them', () => {
    expect(parsed('name[The Old Quay], price range[£20-25],food[ Fast food ]')).to.deep.equal([
      ['name', 'The Old Quay'],
      ['price range', '£20-25'],
      ['food', 'Fast food'],
    ]);
    expect(parsed('')).to.deep.equal([]);
  });

  it('omits an empty value, and takes the first of two', () => {
    expect(parsed('food[], name[ ]')).to.deep.equal([]);
    expect(parsed('food[Thai], food[Greek]')).to.deep.equal([['food', 'Thai']]);
  });

  it('describes the error for other texts', () => {
    for (const text of ['Thai', 'food[Thai', '[Thai]', 'food[Thai] and more', 'food]x[Thai]'])
      expect(readMeaning(text), text).to.be.a('string').and.contain('expected slot[value]');
    expect(readMeaning('a[b],'.repeat(5000))).to.equal('expected at most 10000 characters of slot[value], got 25000');
  });

  it('round-trips, and never throws on other texts', () => {
    const word = fc.stringMatching(/^[a-zA-Z]{1,6}( [a-zA-Z]{1,6})?$/);
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(word, word), { selector: ([slot]) => slot, maxLength: 8 }), (pairs) => {
        const text = pairs.map(([slot, value]) => `${slot}[${value}]`).join(', ');
        expect(parsed(text)).to.deep.equal(pairs);
      }),
    );
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', '[', ']', ',', ' ') }), (text) => void readMeaning(text)));
  });
});
