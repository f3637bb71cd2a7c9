import { expect } from 'chai';
import fc from 'fast-check';
import { fromTokenIds, toTokenIds } from '../../lib/text/token-ids.js';
import { buildVocabulary, countTokens, coverage, vocabularyOf } from '../../lib/text/vocabulary.js';

const ROWS = ['the otter is the pub', 'the heron is a bar', 'an inn'].map((row) => row.split(' '));

describe('vocabulary', () => {
  it('holds the special tokens first, then words by count and alphabet', () => {
    const { tokens, size, pad, unk, start, end } = buildVocabulary(ROWS, { minCount: 1 });
    expect(tokens).to.deep.equal('PAD UNK START END the is a an bar heron inn otter pub'.split(' '));
    expect([size, pad, unk, start, end]).to.deep.equal([13, 0, 1, 2, 3]);
    expect(buildVocabulary([...ROWS].reverse(), { minCount: 1 }).tokens).to.deep.equal(tokens);
    expect(buildVocabulary(ROWS, { minCount: 2 }).tokens.slice(4)).to.deep.equal(['the', 'is']);
    expect(countTokens(ROWS).get('the')).to.equal(3);
  });

  it('treats a word spelled like a special token as unknown', () => {
    const vocabulary = vocabularyOf(['START', 'pub', 'constructor', '__proto__']);
    expect(vocabulary.tokens).to.deep.equal(['PAD', 'UNK', 'START', 'END', 'pub', 'constructor', '__proto__']);
    for (const word of ['PAD', 'UNK', 'START', 'END', 'toString']) expect(vocabulary.id(word)).to.equal(undefined);
    expect(vocabulary.id('__proto__')).to.equal(6);
    expect([...toTokenIds(['END', 'pub'], vocabulary, 5)!]).to.deep.equal([2, 1, 4, 3, 0]);
  });

  it('reports the coverage', () => {
    const vocabulary = vocabularyOf(['the', 'is', 'pub']);
    const { tokens, unknown, share, mostFrequentUnknown } = coverage([...ROWS, ['heron', 'inn', 'heron']], vocabulary);
    expect([tokens, unknown]).to.deep.equal([15, 9]);
    expect(share).to.equal(9 / 15);
    expect(mostFrequentUnknown.slice(0, 3)).to.deep.equal([
      ['heron', 3],
      ['inn', 2],
      ['a', 1],
    ]);
    expect(coverage([], vocabulary).share).to.equal(0);
  });
});

describe('a token sequence', () => {
  const vocabulary = buildVocabulary(ROWS, { minCount: 1 });
  const words = vocabulary.tokens.slice(4);

  it('is START, words, END and PAD, and decodes to the words', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 8 }), (tokens) => {
        const canvas = toTokenIds(tokens, vocabulary, 10)!;
        expect(canvas).to.have.length(10);
        expect(fromTokenIds(canvas, vocabulary)).to.deep.equal({ tokens, truncated: false });
        expect([canvas[0], canvas[tokens.length + 1]]).to.deep.equal([vocabulary.start, vocabulary.end]);
        expect([...canvas.slice(tokens.length + 2)].every((id) => id === vocabulary.pad)).to.equal(true);
      }),
    );
  });

  it('holds at most maxTokens - 2 words', () => {
    expect(toTokenIds(['the', 'pub'], vocabulary, 4)).to.have.length(4);
    expect(toTokenIds(['the', 'pub', 'is'], vocabulary, 4)).to.equal(undefined);
  });

  it('ends a text at the first END, and calls it truncated if there is none', () => {
    const { start, end, pad } = vocabulary;
    expect(fromTokenIds([start, 4, end, 5, end], vocabulary)).to.deep.equal({ tokens: ['the'], truncated: false });
    expect(fromTokenIds([start, 4, pad, 5], vocabulary)).to.deep.equal({ tokens: ['the', 'is'], truncated: true });
  });
});
