import { expect } from 'chai';
import fc from 'fast-check';
import { editDistance } from '../../lib/base/edit-distance.js';

const of = (from: string, to: string) => editDistance(from.split(' ').filter(Boolean), to.split(' ').filter(Boolean));

/** Returns the distance by its recursive definition. */
function bruteForce(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return a.length + b.length;
  const replaced = bruteForce(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1);
  return Math.min(replaced, 1 + bruteForce(a.slice(1), b), 1 + bruteForce(a, b.slice(1)));
}

describe('edit distance', () => {
  it('equals values computed by hand', () => {
    expect(of('a b c', 'a b c')).to.deep.equal({ distance: 0, kept: 3 });
    expect(of('a b c', 'a x c')).to.deep.equal({ distance: 1, kept: 2 });
    expect(of('a b c', 'x a b c')).to.deep.equal({ distance: 1, kept: 3 });
    expect(of('a b c d', 'b c')).to.deep.equal({ distance: 2, kept: 2 });
    expect(of('', 'a b')).to.deep.equal({ distance: 2, kept: 0 });
    expect(of('a b', '')).to.deep.equal({ distance: 2, kept: 0 });
    expect(of('', '')).to.deep.equal({ distance: 0, kept: 0 });
  });

  it('takes the alignment that keeps most words', () => {
    // Two substitutions, or one deletion and one insertion.
    expect(of('a b', 'b c')).to.deep.equal({ distance: 2, kept: 1 });
  });

  const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 5 });
  it('is the smallest number of changes, the same in both directions', () => {
    fc.assert(
      fc.property(words, words, (a, b) => {
        const { distance, kept } = editDistance(a, b);
        expect(distance).to.equal(bruteForce(a, b));
        expect(editDistance(b, a)).to.deep.equal({ distance, kept });
        expect(kept).to.be.at.most(Math.min(a.length, b.length));
        expect(distance).to.be.at.least(Math.max(a.length, b.length) - kept);
      }),
      { numRuns: 60 },
    );
  });
});
