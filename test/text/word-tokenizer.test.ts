import { expect } from 'chai';
import fc from 'fast-check';
import { vocabularyOf } from '../../lib/text/vocabulary.js';
import { joinWords, splitWords, wordTokenizer } from '../../lib/text/word-tokenizer.js';

describe('splitWords', () => {
  const cases: [string, string][] = [
    ["It's near the river, isn't it?", "It 's near the river , is n't it ?"],
    ['a family-friendly pub', 'a family - friendly pub'],
    ['a mid-priced, non-smoking bar', 'a mid-priced , non-smoking bar'],
    ['dinner for £20-25.', 'dinner for £ 20 - 25 .'],
    ['soup for £7.50 or $1,200', 'soup for £ 7.50 or $ 1,200'],
    ['Open at 7:30,closed later', 'Open at 7:30 , closed later'],
    ['"The Otter" and \'The Heron\'', '" The Otter " and \' The Heron \''],
    ['You cannot eat here... or can’t you', 'You can not eat here ... or ca n’t you'],
    ["the adults' menu, O'Neill's", "the adults ' menu , O'Neill 's"],
    ["O'Malley's 'small' bar", "O'Malley 's ' small ' bar"],
    ['St. Ann opened a U.K. bar.Cheap', 'St. Ann opened a U.K. bar . Cheap'],
    ['rated 3 out of 5 (1/2)', 'rated 3 out of 5 ( 1/2 )'],
  ];
  for (const [text, words] of cases) it(`splits ${text}`, () => expect(splitWords(text).join(' ')).to.equal(words));

  it('gives composed and decomposed accents the same word', () => {
    expect(splitWords('cafe\u0301')).to.deep.equal(splitWords('caf\u00e9'));
  });
});

describe('joinWords', () => {
  const texts = [
    "It's a family-friendly pub, isn't it?",
    'Dinner costs £20-25 (or $30).',
    'They say "very good", we say \'poor\'.',
    "The adults' menu of O'Neill's is mid-priced; you cannot miss it...",
    'Rated 5 out of 5: 3-star food, 100% fresh and/or frozen!',
    'A pub - the best of all',
    '"The Otter" and "The Heron" are \'good\' and \'cheap\'.',
  ];
  for (const text of texts) it(`types ${text}`, () => expect(joinWords(splitWords(text))).to.equal(text));

  it('keeps a space if two words would otherwise become one', () => {
    expect(joinWords(['.', '.', '.'])).to.equal('.. .');
    expect(joinWords(["'", 's'])).to.equal("' s");
  });
});

describe('wordTokenizer', () => {
  const holds = (text: string) => {
    const words = splitWords(text);
    expect(splitWords(joinWords(words))).to.deep.equal(words);
    for (const word of words) expect(splitWords(word)).to.deep.equal([word]);
  };
  const pieces =
    "it,It,do,n't,can,not,cannot,'s,'S,s,t,n,'re,’,’ll,',\",.,..,...,-,--,–,£,20,25,3.5,:,;,(,),!,?,/,non-,mid-,St,U,.K.,é,\u0301,😀,\u200d,\ufe0f,👨‍👩‍👧,\ud83d,\ude00,_,%,The,pub, ,\n,\u00a0,\ufeff,ſ,K,ß,İ,ŉ";

  it('splits joined words into the same words: arbitrary strings', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), holds), { numRuns: 2000 });
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), holds), { numRuns: 2000 });
    fc.assert(fc.property(fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((c) => String.fromCharCode(c)) }), holds));
  });

  it('splits joined words into the same words: mixes of words and punctuation', () => {
    const piece = fc.constantFrom(...pieces.split(','), ',');
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 14 }).map((parts) => parts.join('')),
        holds,
      ),
      { numRuns: 8000 },
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 14 }).map((parts) => parts.join(' ')),
        holds,
      ),
      { numRuns: 3000 },
    );
  });

  it('does not change a corpus that is already split', () => {
    const { tokenize, detokenize } = wordTokenizer(vocabularyOf([]), 'spaces');
    const text = "a kid-friendly pub , is n't it ?";
    expect(tokenize(text)).to.deep.equal(['a', 'kid-friendly', 'pub', ',', 'is', "n't", 'it', '?']);
    expect(detokenize(tokenize(text))).to.equal(text);
  });
});
