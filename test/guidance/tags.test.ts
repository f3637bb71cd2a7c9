import { expect } from 'chai';
import { readTag, TAG_SETS, tagLogProbs } from '../../guidance/parts/tags.js';

describe('tags', () => {
  it('are read as one tag, several tags, or any', () => {
    expect(readTag('*')).to.equal(undefined);
    expect(readTag('NOUN|PROPN')).to.deep.equal({ set: 'universal', tags: [7, 11] });
    expect(readTag('VBZ')).to.deep.equal({ set: 'penn', tags: [TAG_SETS.penn.indexOf('VBZ')] });
    expect(readTag('SYM')).to.have.property('set', 'universal');
    expect(readTag('SYM|NN')).to.have.property('set', 'penn');
    expect(readTag('NN|NOUN')).to.equal('expected tags of one set, got "NN|NOUN"');
    expect(readTag('noun')).to.match(/^expected one of the Universal tags ADJ .* X, or the Penn tags CC .*; got "noun"$/);
    expect(readTag('NOUN', ['penn'])).to.match(/^expected one of the Penn tags CC /);
    expect(readTag('NOUN|')).to.be.a('string');
  });

  it('have the total probability of the allowed tags, and tables without Penn tags are refused', () => {
    const data = new Float32Array(2 * TAG_SETS.universal.length);
    const [noun, proper] = [TAG_SETS.universal.indexOf('NOUN'), TAG_SETS.universal.indexOf('PROPN')];
    data[noun] = 3;
    data[proper] = 1;
    const logProbs = tagLogProbs({ tagCounts: { dtype: 'float32', shape: [2, TAG_SETS.universal.length], data } });
    const [both, one] = [logProbs({ set: 'universal', tags: [noun, proper] }), logProbs({ set: 'universal', tags: [noun] })];
    expect(Math.exp(both[0]!)).to.be.closeTo(4.02 / 4.17, 1e-6);
    expect(Math.exp(one[0]!)).to.be.closeTo(3.01 / 4.17, 1e-6);
    expect(Math.exp(both[1]!), 'a word that is not in the parses').to.be.closeTo(2 / 17, 1e-6);
    expect(() => logProbs({ set: 'penn', tags: [0] })).to.throw(/no Penn tags; count them again/);
  });
});
