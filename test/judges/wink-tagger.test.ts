import { expect } from 'chai';
import fc from 'fast-check';
import { winkTagger } from '../../lib/judges/parsers/wink-tagger.js';

describe('the tags of words by wink', () => {
  it('gives a word that wink splits the tag of its head', async () => {
    const tag = await winkTagger();
    const tagged = (text: string, word: string): string | undefined => tag(text.split(' '))[text.split(' ').indexOf(word)];
    expect(tagged('It is a family-friendly pub .', 'family-friendly')).to.equal('ADJ');
    expect(tagged('A meal costs £20 there .', '£20')).to.equal('NUM');
    expect(tagged("They don't open early .", "don't")).to.equal('AUX');
    expect(tagged('They have 3 rooms .', '3')).to.equal('NUM');
  });

  it('gives a word of symbols the tag of the first', async () => {
    const tag = await winkTagger();
    expect(tag(['Really', '?!', '£-'])).to.deep.equal(['ADV', 'PUNCT', 'SYM']);
  });

  it('keeps the tags of the words before and after aligned', async () => {
    const tag = await winkTagger();
    expect(tag("The family-friendly pub 's guests do n't pay £20 .".split(' '))).to.deep.equal(
      'DET ADJ NOUN PART NOUN AUX PART VERB NUM PUNCT'.split(' '),
    );
  });

  it('gives one tag per word, whatever the words are', async () => {
    const tag = await winkTagger();
    const word = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.constantFrom('', ' ', '\n', 'new york', 'a\u00a0b', '\u200b', "'s", '...', '-', 'e.g.', 'http://a.b'),
    );
    fc.assert(fc.property(fc.array(word, { maxLength: 12 }), (words) => tag(words).length === words.length));
  });
});
