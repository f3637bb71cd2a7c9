import { expect } from 'chai';
import fc from 'fast-check';
import { keyOf } from '../../lib/base/random.js';
import { phraseReplacer, phraseSwapper } from '../../lib/train/swap.js';

const split = (text: string): string[] => text.split(' ');
const groups = [['the old mill', 'the old mill inn', 'the quay'].map(split), ['moss', 'fern'].map(split)];

describe('swapping phrases', () => {
  const sentence = split('the quay lies by the old mill inn , and the quay has moss');
  const swap = phraseSwapper(groups, 1);

  it('changes nothing at share 0, and every row at share 1', () => {
    const neither = phraseSwapper(groups, 0);
    const lone = [[split('moss')], [split('x'), split('y')]];
    for (let seed = 0; seed < 20; seed++) expect(neither(sentence, keyOf(seed))).to.deep.equal(sentence);
    const texts = Array.from({ length: 60 }, (_, seed) => phraseSwapper(lone, 1)(['x'], keyOf(seed)).join(' '));
    const changed = texts.filter((text) => text === 'y').length;
    expect(changed).to.be.within(15, 45); // each of the two is chosen half of the time: four standard deviations
  });

  it('changes about the requested share of the rows', () => {
    const half = phraseSwapper([[split('x'), ...Array.from({ length: 50 }, (_, i) => [`y${i}`])]], 0.5);
    const changed = Array.from({ length: 200 }, (_, seed) => half(['x'], keyOf(seed))[0]).filter((word) => word !== 'x').length;
    expect(changed).to.be.within(70, 130); // four standard deviations about 98
  });

  it('replaces all occurrences of a phrase by the same one, and keeps the other words', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const text = swap(sentence, keyOf(seed)).join(' ');
        const [, first, other, second, plant] = /^(.+) lies by (.+) , and (.+) has (.+)$/.exec(text)!;
        expect(first).to.equal(second);
        expect(groups[0]!.map((phrase) => phrase.join(' '))).to.include.members([first, other]);
        expect(['moss', 'fern']).to.include(plant);
      }),
    );
  });

  it('takes the longest phrase at a position', () => {
    const only = phraseSwapper([[split('the old mill inn')], [split('the old mill'), split('X')]], 1);
    for (let seed = 0; seed < 20; seed++)
      expect(only(split('by the old mill inn'), keyOf(seed)).join(' ')).to.equal('by the old mill inn');
    const shorter = Array.from({ length: 20 }, (_, seed) => only(split('by the old mill pond'), keyOf(seed)).join(' '));
    expect(new Set(shorter)).to.deep.equal(new Set(['by the old mill pond', 'by X pond']));
  });

  it('uses every phrase of a group, and is deterministic for a key', () => {
    const seen = new Set(Array.from({ length: 40 }, (_, seed) => swap(split('the quay'), keyOf(seed)).join(' ')));
    expect(seen.size).to.equal(3);
    expect(swap(sentence, keyOf(3))).to.deep.equal(swap(sentence, keyOf(3)));
  });

  it('does not change a row without phrases, or an empty one', () => {
    expect(swap(split('a quiet pond'), keyOf(1))).to.deep.equal(split('a quiet pond'));
    expect(swap([], keyOf(1))).to.deep.equal([]);
    expect(phraseSwapper([], 1)(sentence, keyOf(1))).to.deep.equal(sentence);
  });

  it('replaces in the annotations only phrases that occur in the text, by the same ones', () => {
    const about = split('place : the quay ; plant : fern ; near : the old mill');
    const seen = Array.from({ length: 40 }, (_, seed) => {
      const replace = phraseReplacer(groups, 1)(split('the quay has no moss'), keyOf(seed));
      const place = /^(.+) has no (?:moss|fern)$/.exec(replace(split('the quay has no moss')).join(' '))![1]!;
      expect(replace(about).join(' ')).to.equal(`place : ${place} ; plant : fern ; near : the old mill`);
      return place;
    });
    expect(new Set(seen).size).to.equal(3);
    const never = phraseReplacer(groups, 0)(split('the quay'), keyOf(1));
    expect(never(about)).to.deep.equal(about);
  });
});
