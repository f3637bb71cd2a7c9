import { expect } from 'chai';
import fc from 'fast-check';
import { decodeArgmax } from '../../lib/decode/argmax.js';
import { vocabularyOf } from '../../lib/text/vocabulary.js';

const vocabulary = vocabularyOf(['moss', 'fern']);
const { size, pad, start, end } = vocabulary;
const words = [1, 4, 5]; // UNK counts as a word: the factors of the sampler forbid it

/** Every sequence of L tokens: START, words, END, PAD to the end, or words to the end. */
function sequences(length: number): number[][] {
  const texts = (n: number): number[][] =>
    n === 0 ? [[]] : texts(n - 1).flatMap((text) => words.map((word) => [...text, word]));
  const ended = Array.from({ length: length - 1 }, (_, n) =>
    texts(n).map((text) => [start, ...text, end, ...Array<number>(length - 2 - n).fill(pad)]),
  );
  return [...ended.flat(), ...texts(length - 1).map((text) => [start, ...text])];
}

const logProbOf = (sequence: ArrayLike<number>, probs: Float32Array): number =>
  Array.from(sequence).reduce((sum, id, i) => (i === 0 ? 0 : sum + Math.log(probs[i * size + id]!)), 0);

const row = (chances: Partial<Record<'pad' | 'end' | 'moss' | 'fern', number>>): number[] => {
  const of = { pad: 0, end: 0, moss: 0, fern: 0, ...chances };
  return [of.pad, 0, 0, of.end, of.moss, of.fern];
};
const startRow = [0, 0, 1, 0, 0, 0];

describe('decoding by argmax', () => {
  it('takes the first of words that are equally likely', () => {
    const even = [startRow, row({ moss: 0.5, fern: 0.5 }), row({ end: 1 })].flat();
    expect([...decodeArgmax(Float32Array.from(even), vocabulary).ids]).to.deep.equal([start, vocabulary.id('moss'), end]);
  });

  it('finds the most probable sequence over all words and all positions of END', () => {
    const length = 4;
    const all = sequences(length);
    const chance = fc.integer({ min: 1, max: 1000 }).map((n) => n / 1000);
    const table = fc.array(chance, { minLength: length * size, maxLength: length * size });
    fc.assert(
      fc.property(table, (values) => {
        const probs = Float32Array.from(values);
        const { ids, truncated } = decodeArgmax(probs, vocabulary);
        expect(all.map(String)).to.include(`${[...ids]}`);
        expect(truncated).to.equal(!ids.includes(end));
        const best = Math.max(...all.map((sequence) => logProbOf(sequence, probs)));
        expect(logProbOf(ids, probs)).to.be.closeTo(best, 1e-9);
      }),
    );
  });

  it('decodes a whole text if single positions disagree about its end', () => {
    const probs = Float32Array.from([
      ...startRow,
      ...row({ moss: 0.9, end: 0.1 }),
      ...row({ end: 0.4, fern: 0.35, pad: 0.25 }),
      ...row({ moss: 0.45, end: 0.35, pad: 0.2 }), // by itself it would be a word, after END
      ...row({ end: 0.3, pad: 0.6, moss: 0.1 }),
    ]);
    const { ids } = decodeArgmax(probs, vocabulary);
    expect([...ids]).to.deep.equal([start, 4, 5, end, pad]);
  });

  it('reports words that reach the end of the sequence', () => {
    const probs = Float32Array.from([...startRow, ...row({ moss: 0.9, end: 0.1 }), ...row({ fern: 0.9, end: 0.1 })]);
    expect(decodeArgmax(probs, vocabulary)).to.deep.equal({ ids: Int32Array.of(start, 4, 5), truncated: true });
  });

  it('decodes a text without words', () => {
    const probs = Float32Array.from([...startRow, ...row({ moss: 0.1, end: 0.9 }), ...row({ fern: 0.1, pad: 0.9 })]);
    expect(decodeArgmax(probs, vocabulary)).to.deep.equal({ ids: Int32Array.of(start, end, pad), truncated: false });
  });

  it('takes no token of probability 0 if there is another sequence', () => {
    const weight = fc.integer({ min: 0, max: 3 });
    const table = fc.array(weight, { minLength: 4 * size, maxLength: 4 * size });
    fc.assert(
      fc.property(table, (values) => {
        const probs = Float32Array.from(values);
        const possible = sequences(4).some((sequence) => Number.isFinite(logProbOf(sequence, probs)));
        fc.pre(possible);
        expect(Number.isFinite(logProbOf(decodeArgmax(probs, vocabulary).ids, probs))).to.equal(true);
      }),
    );
  });
});
