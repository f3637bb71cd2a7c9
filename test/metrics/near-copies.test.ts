import { expect } from 'chai';
import fc from 'fast-check';
import { NearCopies } from '../../lib/metrics/near-copies.js';
import { splitWords } from '../../lib/text/split-words.js';

describe('near copies', () => {
  const words = (text: string) => splitWords(text);

  it('are measured by the Dice coefficient of n-grams with the ends of the text, whatever the case and punctuation', () => {
    const index = new NearCopies(2);
    index.add(words('What is my balance?'));
    index.add(words('block my card'));
    expect(index.nearest(words('what is my balance'))).to.deep.equal({ overlap: 1, index: 0 });
    expect(index.nearest(words('what is my account balance'))!.overlap).to.be.closeTo((2 * 4) / (5 + 6), 1e-12);
    expect(index.nearest(words('card'))).to.deep.equal({ overlap: 2 / 6, index: 1 }); // card END
    expect(index.nearest(words('hello there'))).to.equal(undefined);
    expect(index.nearest(words('?!'))).to.equal(undefined);
  });

  it('lie between 0 and 1, alike in both directions, and a text is its own copy', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(text, text, fc.integer({ min: 1, max: 4 }), (a, b, order) => {
        const overlap = (from: string[], to: string[]): number => {
          const index = new NearCopies(order);
          index.add(from);
          return index.nearest(to)?.overlap ?? 0;
        };
        expect(overlap(a, b)).to.be.within(0, 1).and.equal(overlap(b, a));
        expect(overlap(a, a)).to.equal(1);
      }),
    );
  });
});
