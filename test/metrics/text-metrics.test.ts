import { expect } from 'chai';
import fc from 'fast-check';
import { bleu, bleuCounts, selfBleu } from '../../lib/metrics/bleu.js';
import { Cider } from '../../lib/metrics/cider.js';
import { DiversityCounter } from '../../lib/metrics/diversity.js';
import { CorpusIndex } from '../../lib/metrics/novelty.js';
import { longestCommonSubsequence, rougeL } from '../../lib/metrics/rouge.js';

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');

describe('BLEU', () => {
  it('clips counts as in the example of Papineni et al. 2002, section 2.1', () => {
    const references = [words('the cat is on the mat'), words('there is a cat on the mat')];
    const { matched, all } = bleuCounts(words('the the the the the the the'), references);
    expect([matched[0], all[0]]).to.deep.equal([2, 7]);
    expect([matched[1], all[1]]).to.deep.equal([0, 6]);
  });

  it('counts the two candidates of their example 1', () => {
    const references = [
      'it is a guide to action that ensures that the military will forever heed Party commands',
      'it is the guiding principle which guarantees the military forces always being under the command of the Party',
      'it is the practical guide for the army always to heed the directions of the party',
    ].map(words);
    const first = words('it is a guide to action which ensures that the military always obeys the commands of the party');
    const second = words('it is to insure the troops forever hearing the activity guidebook that party direct');
    const one = bleuCounts(first, references);
    expect([one.matched[0], one.all[0]]).to.deep.equal([17, 18]);
    expect([one.matched[1], one.all[1]]).to.deep.equal([10, 17]);
    const two = bleuCounts(second, references);
    expect([two.matched[0], two.all[0]]).to.deep.equal([8, 14]);
    expect([two.matched[1], two.all[1]]).to.deep.equal([1, 13]);
    expect([one.length, one.reference]).to.deep.equal([18, 18]);
  });

  it('is 1 for a reference itself, and a value computed by hand for half of one', () => {
    const reference = words('a b c d e f g h');
    expect(bleu(bleuCounts(reference, [reference]))).to.be.closeTo(1, 1e-12);
    expect(bleu(bleuCounts(words('a b c d'), [reference]))).to.be.closeTo(Math.exp(1 - 8 / 4), 1e-12);
    // Precisions 7/8, 5/7, 3/6, 2/5: one word of eight is another.
    const other = words('a b X d e f g h');
    expect(bleu(bleuCounts(other, [reference]))).to.be.closeTo(((7 / 8) * (5 / 7) * (3 / 6) * (2 / 5)) ** 0.25, 1e-12);
    expect(bleu(bleuCounts(words('a b'), [reference]))).to.equal(0);
    expect(bleu(bleuCounts([], [reference]))).to.equal(0);
  });

  it('takes the shorter of two references equally close in length', () => {
    expect(bleuCounts(words('a b c'), [words('a b c d'), words('a b')]).reference).to.equal(2);
  });

  it('of a sample against its others equals BLEU with them as references', () => {
    const texts = ['a b c d e', 'a b c d f', 'x y z u v a', 'a a b c'].map(words);
    const by = texts.map((text, i) =>
      bleu(
        bleuCounts(
          text,
          texts.filter((_, j) => j !== i),
        ),
        0.1,
      ),
    );
    expect(selfBleu(texts)).to.be.closeTo(by.reduce((a, b) => a + b) / 4, 1e-12);
    expect(selfBleu([words('a b c d'), words('a b c d')])).to.be.closeTo(1, 1e-12);
    expect(selfBleu([words('a b c d')])).to.equal(0);
  });
});

describe('ROUGE-L', () => {
  const reference = words('police killed the gunman');

  it("gives the scores of Lin 2004's example for beta 1", () => {
    expect(rougeL(words('police kill the gunman'), reference, 1)).to.equal(3 / 4);
    expect(rougeL(words('the gunman kill police'), reference, 1)).to.equal(2 / 4);
    expect(rougeL(words('the gunman police killed'), reference, 1)).to.equal(2 / 4);
  });

  it('weighs recall more', () => {
    // Precision 1, recall 1/2: 2.44 * 0.5 / (0.5 + 1.44).
    expect(rougeL(words('police killed'), reference)).to.be.closeTo((2.44 * 0.5) / 1.94, 1e-12);
    expect(rougeL(words('nothing at all'), reference)).to.equal(0);
    expect(rougeL([], reference)).to.equal(0);
  });

  it('finds the longest common subsequence, as by enumeration', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 7 });
    const isWithin = (part: readonly string[], whole: readonly string[]): boolean => {
      let at = 0;
      for (const word of whole) if (word === part[at]) at++;
      return at === part.length;
    };
    fc.assert(
      fc.property(text, text, (a, b) => {
        let longest = 0;
        for (let chosen = 0; chosen < 2 ** a.length; chosen++) {
          const part = a.filter((_, i) => (chosen >> i) & 1);
          if (part.length > longest && isWithin(part, b)) longest = part.length;
        }
        expect(longestCommonSubsequence(a, b)).to.equal(longest);
      }),
      { numRuns: 50 },
    );
  });
});

describe('CIDEr-D', () => {
  function ciderOf(...references: string[]): Cider {
    const cider = new Cider();
    references.forEach((reference) => cider.addReference(words(reference)));
    return cider;
  }

  it('is 10 for a reference of at least four words that no other target shares', () => {
    expect(ciderOf('a b c d', 'e f g h').score(words('a b c d'), words('a b c d'))).to.be.closeTo(10, 1e-12);
    expect(ciderOf('a b', 'e f').score(words('a b'), words('a b')), 'no 3-grams').to.be.closeTo(5, 1e-12);
  });

  it('gives no credit for words that every reference has', () => {
    expect(ciderOf('the a', 'the b').score(words('the c'), words('the a'))).to.equal(0);
  });

  it('equals values computed by hand', () => {
    // Of two targets; "x" stands in both, so idf is 0 for x and ln 2 for all else. Text "a a x", reference "a b x".
    // 1-grams: text a:2, reference a:1 b:1; clipped product 1 * 1 = 1, norms 2 and sqrt 2. 2-grams: text "a a", "a x"; none in common.
    const cider = ciderOf('a b x', 'c x');
    expect(cider.score(words('a a x'), words('a b x'))).to.be.closeTo((10 / 4) * (1 / (2 * Math.SQRT2)), 1e-12);
    // Two words longer: times exp(-4 / 72).
    expect(cider.score(words('a a x x x'), words('a b x'))).to.be.closeTo(
      ((10 / 4) * Math.exp(-4 / 72)) / (2 * Math.SQRT2),
      1e-12,
    );
  });
});

describe('DiversityCounter', () => {
  it('counts different n-grams over all texts, and different texts', () => {
    const counter = new DiversityCounter();
    for (const text of ['a b a b', 'a b a b', 'c']) counter.add(words(text));
    // 9 words of 3 kinds; 6 pairs: ab, ba, ab twice; 4 triples: aba, bab twice; 2 quadruples, both the same.
    expect(counter.figures).to.deep.equal({ distinctTexts: 2 / 3, distinct: [3 / 9, 2 / 6, 2 / 4, 1 / 2] });
    expect(counter.used(['a', 'c', 'd'])).to.equal(2);
  });

  it('has no n-grams in texts that are shorter', () => {
    const counter = new DiversityCounter();
    counter.add(['a']);
    expect(counter.figures.distinct).to.deep.equal([1, 0, 0, 0]);
  });
});

describe('CorpusIndex', () => {
  const rows = ['the inn is by the sea .', 'a pub by the river .'].map(words);
  const index = new CorpusIndex(rows);

  it('finds rows, and the longest run of words that one row has', () => {
    expect(index.hasRow(words('a pub by the river .'))).to.equal(true);
    expect(index.hasRow(words('a pub by the river'))).to.equal(false);
    expect(index.longestCopied(words('we like the inn is by the river .'))).to.deep.equal({ length: 5, start: 2 });
    expect(index.longestCopied(words('. a pub')), 'no run crosses the end of a row').to.deep.equal({ length: 2, start: 1 });
    expect(index.longestCopied(words('nothing'))).to.deep.equal({ length: 0, start: 0 });
    expect(index.longestCopied([])).to.deep.equal({ length: 0, start: 0 });
  });

  it('finds what looking everywhere finds', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), text, (corpus, words) => {
        const all = new Set<string>();
        for (const row of corpus)
          for (let i = 0; i < row.length; i++) for (let j = i + 1; j <= row.length; j++) all.add(row.slice(i, j).join(' '));
        let longest = 0;
        for (let i = 0; i < words.length; i++)
          for (let j = i + 1; j <= words.length; j++)
            if (all.has(words.slice(i, j).join(' '))) longest = Math.max(longest, j - i);
        expect(new CorpusIndex(corpus).longestCopied(words).length).to.equal(longest);
      }),
    );
  });
});
