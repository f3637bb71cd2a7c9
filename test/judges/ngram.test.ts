import { expect } from 'chai';
import fc from 'fast-check';
import { InputError } from '../../lib/base/errors.js';
import { trainNgram } from '../../lib/judges/fluency/ngram.js';

const WORDS = ['a', 'b', 'c', 'd', 'e'];
const row = fc.array(fc.constantFrom(...WORDS), { maxLength: 8 });
const corpus = fc.array(row, { minLength: 1, maxLength: 12 });
const options = fc.record({
  order: fc.integer({ min: 1, max: 5 }),
  discount: fc.double({ min: 0.05, max: 1, noNaN: true }),
  minCount: fc.integer({ min: 1, max: 4 }),
});

describe('the n-gram model', () => {
  it('gives the values computed by hand for a bigram model of "a b" and "a"', () => {
    const model = trainNgram([['a', 'b'], ['a']], { order: 2, discount: 0.5, minCount: 1 });
    // Classes: a, b, unknown, END. Five events: a twice, END twice, b once; three kinds.
    // Unigrams: p(w) = (max(c - 0.5, 0) + 0.5 * 3 / 4) / 5.
    const [a, b, end, unknown] = [(1.5 + 0.375) / 5, (0.5 + 0.375) / 5, (1.5 + 0.375) / 5, 0.375 / 5];
    expect(model.classes).to.equal(4);
    // After START: a twice, one kind. After a: b once, END once, two kinds. After b: END once. After an unknown word: no counts.
    expect(model.probability([], 'a')).to.be.closeTo((1.5 + 0.5 * a) / 2, 1e-12);
    expect(model.probability(['a'], 'b')).to.be.closeTo((0.5 + 0.5 * 2 * b) / 2, 1e-12);
    expect(model.probability(['a'], undefined)).to.be.closeTo((0.5 + 0.5 * 2 * end) / 2, 1e-12);
    expect(model.probability(['b'], 'z')).to.be.closeTo(0.5 * unknown, 1e-12);
    expect(model.probability(['z'], 'b')).to.be.closeTo(b, 1e-12);
    const { nats, tokens } = model.nats(['a', 'z']);
    expect(tokens).to.equal(3);
    expect(nats).to.be.closeTo(-Math.log(((1.5 + 0.5 * a) / 2) * ((0.5 * 2 * unknown) / 2) * end), 1e-12);
  });

  it('has probabilities that sum to one after any history', () => {
    fc.assert(
      fc.property(
        corpus,
        options,
        fc.array(fc.constantFrom(...WORDS, 'never seen'), { maxLength: 6 }),
        (rows, chosen, history) => {
          const model = trainNgram(rows, chosen);
          const all = [...model.words, 'an unknown word', undefined].map((next) => model.probability(history, next));
          expect(all.length).to.equal(model.classes);
          for (const p of all) expect(p).to.be.within(Number.MIN_VALUE, 1 + 1e-12);
          expect(all.reduce((x, y) => x + y)).to.be.closeTo(1, 1e-9); // sums of at most seven float64 terms
        },
      ),
    );
  });

  it('gives a text the sum of the costs of its words and of END', () => {
    fc.assert(
      fc.property(corpus, options, row, (rows, chosen, text) => {
        const model = trainNgram(rows, chosen);
        const steps = [...text, undefined].map((next, i) => -Math.log(model.probability(text.slice(0, i), next)));
        const { nats, tokens } = model.nats(text);
        expect(nats).to.be.closeTo(
          steps.reduce((x, y) => x + y),
          1e-9,
        );
        expect(tokens).to.equal(text.length + 1);
      }),
    );
  });

  it('uses as much of the history as its order allows', () => {
    const rows = ['a c b', 'b c a'].flatMap((text) => Array<string[]>(3).fill(text.split(' ')));
    const gain = (order: number): number => {
      const model = trainNgram(rows, { order, minCount: 1 });
      return model.probability(['a', 'c'], 'b') / model.probability(['a', 'c'], 'a');
    };
    expect(gain(2)).to.be.closeTo(1, 1e-12);
    expect(gain(3)).to.be.greaterThan(5);
  });

  it('puts words that are rarer than minCount into the unknown class', () => {
    const model = trainNgram([['a', 'a', 'b'], ['a']], { minCount: 2 });
    expect(model.words).to.deep.equal(['a']);
    expect(model.probability(['a'], 'b')).to.equal(model.probability(['a'], 'never seen'));
  });

  it('weighs texts by their number of tokens', () => {
    const model = trainNgram([['a', 'b'], ['a']], { minCount: 1 });
    const [short, long] = [model.nats(['b']), model.nats(['a', 'b', 'a', 'a'])];
    expect(model.natsPerToken([['b'], ['a', 'b', 'a', 'a']])).to.be.closeTo((short.nats + long.nats) / 7, 1e-12);
  });

  it('names all problems of its input', () => {
    const failing = (): unknown => trainNgram([], { order: 0, discount: 0, minCount: 1.5 });
    expect(failing).to.throw(InputError).with.property('problems').with.length(4);
    expect(() => trainNgram([['a']]).natsPerToken([])).to.throw(InputError, 'at least one text');
  });
});
