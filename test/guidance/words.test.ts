import { expect } from 'chai';
import fc from 'fast-check';
import words from '../../guidance/words.js';
import { accepts } from '../../lib/automaton/index.js';
import { tf } from '../../lib/engine/index.js';
import type { GuideFactory } from '../../lib/guide/contract.js';
import { contractModel, describeGuideContract } from '../guide-contract.js';

type Options = Parameters<typeof words.check>[0];

describeGuideContract<Options>({
  factory: words as GuideFactory<Options>,
  rows: [
    { any: ['pond', 'old heron'], ignoreCase: false },
    { none: ['pond'], at: [{ position: 2, word: 'quiet heron' }], ignoreCase: false },
    { all: ['the', 'POND'], ignoreCase: true },
  ],
  nonsense: [{ all: 'pond' }, { all: [''] }, { at: [{ word: 'pond' }] }, { at: [{ position: -1, word: 'pond' }] }],
});

describe('the guide words', () => {
  const { vocabulary } = contractModel;
  const guide = words.create({ tf, model: contractModel, via: 'posterior', classes: [], tables: {}, states: () => tf.scalar(0) });
  const allows = (options: Options, text: readonly string[]) =>
    accepts(
      guide.factors(options).automaton,
      text.map((word) => vocabulary.id(word)!),
    );
  const has = (text: readonly string[], phrase: string) => ` ${text.join(' ')} `.includes(` ${phrase} `);

  it('accepts the texts in which a search finds the phrases', () => {
    const phrase = fc.constantFrom('pond', 'old', 'old pond', 'pond old', 'old old heron');
    const phrases = fc.option(fc.uniqueArray(phrase, { minLength: 1, maxLength: 3 }), { nil: undefined });
    const text = fc.array(fc.constantFrom('pond', 'old', 'heron', 'The'), { maxLength: 8 });
    fc.assert(
      fc.property(phrases, phrases, phrases, fc.array(text, { minLength: 20, maxLength: 20 }), (all, any, none, texts) => {
        fc.pre(Boolean(all ?? any ?? none));
        const options = { ...(all ? { all } : {}), ...(any ? { any } : {}), ...(none ? { none } : {}), ignoreCase: false };
        for (const one of texts) {
          const expected =
            (all ?? []).every((p) => has(one, p)) &&
            (!any || any.some((p) => has(one, p))) &&
            !(none ?? []).some((p) => has(one, p));
          expect(allows(options, one), one.join(' ')).to.equal(expected);
        }
      }),
    );
  });

  it('finds words at their positions, and ignores case if asked to', () => {
    const at = [{ position: 1, word: 'pond sleeps' }];
    expect(allows({ at, ignoreCase: false }, ['The', 'pond', 'sleeps', '.'])).to.equal(true);
    expect(allows({ at, ignoreCase: false }, ['pond', 'sleeps', '.'])).to.equal(false);
    expect(allows({ all: ['the'], ignoreCase: true }, ['The', 'pond'])).to.equal(true);
    expect(allows({ none: ['THE'], ignoreCase: true }, ['The', 'pond'])).to.equal(false);
  });

  it('names every unknown word with the nearest known one, and positions beyond the sequence', () => {
    const problems = (options: Options, model = contractModel) =>
      words.check(options, { model, via: 'posterior', classes: [] }).map(({ path, message }) => `${path} ${message}`);
    expect(problems({ all: ['herons', 'old gardn'], none: ['the'], ignoreCase: false })).to.deep.equal([
      '/all/0 the vocabulary of this model has no word "herons"; the nearest is "heron"',
      '/all/1 the vocabulary of this model has no word "gardn"; the nearest is "garden"',
      '/none/0 the vocabulary of this model has no word "the"; the nearest is "The"',
    ]);
    expect(problems({ at: [{ position: 11, word: 'old pond' }], ignoreCase: false })[0]).to.contain(
      '/at/0/position expected the word to end within 12 words',
    );
    expect(problems({ all: [], none: [], ignoreCase: false })).to.have.length(1);
    expect(problems({ ignoreCase: false })[0]).to.contain('a word in at least one of all, any, none, at');
    expect(problems({ all: ['pond'], ignoreCase: false }, { ...contractModel, wordLevel: false })[0]).to.contain(
      'word tokenizer',
    );
    expect(problems({ all: ['pond'], ignoreCase: false }, { ...contractModel, interpolates: false })[0]).to.contain(
      'default recipe',
    );
  });
});
