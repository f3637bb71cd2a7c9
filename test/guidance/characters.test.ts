import { expect } from 'chai';
import fc from 'fast-check';
import characters from '../../guidance/characters.js';
import { accepts } from '../../lib/automaton/index.js';
import { tf } from '../../lib/engine/index.js';
import type { ModelInfo } from '../../lib/guide/contract.js';
import { charactersJudge } from '../../lib/judges/controls/characters.js';
import { joinWords } from '../../lib/text/join-words.js';
import { vocabularyOf } from '../../lib/text/vocabulary.js';
import { contractModel, describeGuideContract } from '../guide-contract.js';

type Options = Parameters<typeof characters.check>[0];

describeGuideContract<Options>({
  factory: characters,
  rows: [{ characters: { min: 12 } }, { characters: { max: 9 } }, { characters: { min: 3, max: 20 } }, { characters: 0 }],
  nonsense: [{}, { characters: -1 }, { characters: 'ten' }, { characters: { about: 3 } }, { characters: { max: 1.5 } }],
});

const guideFor = (model: ModelInfo) =>
  characters.create({ tf, model, via: 'posterior', classes: [], tables: {}, states: () => tf.scalar(0) });

describe('the guide characters', () => {
  const words = "lamp boys The the can not 7 U x mr pre , . ; ( £ - / \" ' 's n't ... 👍".split(' ');
  const vocabulary = vocabularyOf(words);
  const model: ModelInfo = { ...contractModel, vocabulary, detokenize: joinWords };
  const guide = guideFor(model);
  const spaced = guideFor({ ...model, detokenize: (tokens) => tokens.join(' ') });
  const idsOf = (text: readonly string[]) => text.map((word) => vocabulary.id(word)!);
  const text = fc.array(fc.constantFrom(...words), { maxLength: 9 });

  it('accepts the texts that have as many code points when they are written', () => {
    const asked = [
      { characters: 14 },
      { characters: { min: 12 } },
      { characters: { max: 11 } },
      { characters: { min: 9, max: 17 } },
    ];
    const bounds = [[14, 14], [12, Infinity], [0, 11], [9, 17]] as const; // prettier-ignore
    const automata = asked.map((options) => guide.factors(options).automaton);
    fc.assert(
      fc.property(text, (one) => {
        const written = joinWords(one);
        const count = [...written].length;
        bounds.forEach(([min, max], i) =>
          expect(accepts(automata[i]!, idsOf(one)), written).to.equal(count >= min && count <= max),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('agrees with its judge on every text of at most four words', async () => {
    const few = ['lamp', 'x', ',', '-', '"', "'s"];
    const all = (length: number): string[][] =>
      length === 0 ? [[]] : [[], ...all(length - 1).flatMap((rest) => few.map((word) => [word, ...rest]))];
    const texts = all(4);
    for (const asked of [6, { min: 5, max: 9 }]) {
      const scores = await charactersJudge().score(texts, texts.map(() => ({ characters: asked }))); // prettier-ignore
      const { automaton } = guide.factors({ characters: asked });
      texts.forEach((one, i) => expect(accepts(automaton, idsOf(one)), one.join(' ')).to.equal(scores[i]!.value === 1));
    }
  });

  it('counts one space between any two words for a tokenizer that splits at spaces', () => {
    const asked = { characters: 'lamp , . x'.length };
    expect(accepts(spaced.factors(asked).automaton, idsOf(['lamp', ',', '.', 'x']))).to.equal(true);
    expect(accepts(guide.factors(asked).automaton, idsOf(['lamp', ',', '.', 'x']))).to.equal(false);
  });

  it('counts the tokens of a model of characters', () => {
    const spelt = guideFor({ ...model, detokenize: (tokens) => tokens.join('') });
    expect(accepts(spelt.factors({ characters: 4 }).automaton, idsOf(['x', ',', 'x', '.']))).to.equal(true);
    expect(accepts(spelt.factors({ characters: 5 }).automaton, idsOf(['x', ',', 'x', '.']))).to.equal(false);
  });

  it('counts an emoji as one character', () => {
    expect(accepts(guide.factors({ characters: 6 }).automaton, idsOf(['lamp', '👍']))).to.equal(true);
  });

  it('refuses an empty range, and models that cannot follow an automaton', () => {
    const messages = (asked: Options['characters'], of = model) =>
      characters.check({ characters: asked }, { model: of, via: 'posterior', classes: [] }).map(({ message }) => message);
    expect(messages({ min: 5, max: 4 })).to.deep.equal(['expected min at most max, got 5 and 4']);
    expect(messages(5, { ...model, wordLevel: false })[0]).to.contain('word tokenizer');
    expect(messages(5, { ...model, interpolates: false })[0]).to.contain('default recipe');
    expect(messages(5)).to.deep.equal([]);
  });
});
