import { expect } from 'chai';
import fc from 'fast-check';
import { mbrChoice, sentenceBleu } from '../../lib/decode/mbr.js';

const bleu = (candidate: string, reference: string): number => sentenceBleu(candidate.split(' '), reference.split(' '));

describe('BLEU of a sentence', () => {
  it('is the geometric mean of the n-gram precisions, those of n > 1 with one added', () => {
    // 3 of 4 words, (2 + 1) of (3 + 1) pairs, (1 + 1) of (2 + 1) triples, (0 + 1) of (1 + 1) quadruples
    expect(bleu('a b c d', 'a b c e')).to.be.closeTo(((3 / 4) * (3 / 4) * (2 / 3) * (1 / 2)) ** (1 / 4), 1e-12);
  });

  it('counts a word at most as often as it occurs in the reference', () => {
    // 1 of 3 words, (0 + 1) of (2 + 1) pairs, (0 + 1) of (1 + 1) triples, (0 + 1) of (0 + 1) quadruples
    expect(bleu('the the the', 'the cat')).to.be.closeTo(((1 / 3) * (1 / 3) * (1 / 2)) ** (1 / 4), 1e-12);
  });

  it('penalises a candidate for being short, not for being long', () => {
    expect(bleu('a b', 'a b c d')).to.be.closeTo(Math.exp(1 - 4 / 2), 1e-12);
    expect(bleu('a b', 'a')).to.be.closeTo(((1 / 2) * (1 / 2)) ** (1 / 4), 1e-12);
  });

  it('is 1 for equal texts, even if empty, and 0 if no word is shared', () => {
    for (const text of ['a', 'a b', 'a b c d e f']) expect(bleu(text, text)).to.be.closeTo(1, 1e-12);
    expect(sentenceBleu([], [])).to.equal(1);
    expect(sentenceBleu([], ['a'])).to.equal(0);
    expect(sentenceBleu(['a'], [])).to.equal(0);
    expect(bleu('a b', 'c d')).to.equal(0);
  });
});

describe('minimum Bayes risk', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 5 });

  it('takes the first of the candidates with the largest mean BLEU against the others', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), (candidates) => {
        const gain = (i: number) =>
          candidates.reduce((sum, other, j) => sum + (i === j ? 0 : sentenceBleu(candidates[i]!, other)), 0);
        let best = 0;
        for (let i = 1; i < candidates.length; i++) if (gain(i) > gain(best)) best = i;
        expect(mbrChoice(candidates)).to.equal(best);
      }),
    );
  });

  it('takes the text that most candidates share', () => {
    const [odd, shared] = ['x y z', 'the pond is deep'].map((words) => words.split(' '));
    expect(mbrChoice([odd!, shared!, shared!])).to.equal(1);
    expect(mbrChoice([odd!])).to.equal(0);
  });
});
