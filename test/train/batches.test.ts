import { expect } from 'chai';
import fc from 'fast-check';
import { keyOf } from '../../lib/base/random.js';
import { tokenIdBatches, rowOrder } from '../../lib/train/batches.js';
import { vocabularyOf } from '../../lib/text/vocabulary.js';

describe('the order of the rows', () => {
  const sizes = [fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 12 })] as const;

  it('has every row once per epoch, for any batch size', () => {
    fc.assert(
      fc.property(...sizes, fc.nat(), (rows, batch, seed) => {
        const order = rowOrder(rows, batch, keyOf(seed));
        const steps = Math.ceil((3 * rows) / batch);
        const all = Array.from({ length: steps }, (_, step) => [...order(step)]).flat();
        for (let epoch = 0; epoch < 3; epoch++) {
          const seen = all.slice(epoch * rows, (epoch + 1) * rows);
          expect(seen.sort((a, b) => a - b)).to.deep.equal(Array.from({ length: rows }, (_, i) => i));
        }
      }),
    );
  });

  it('is a function of the step: calls are independent', () => {
    fc.assert(
      fc.property(...sizes, fc.array(fc.nat(40), { maxLength: 12 }), (rows, batch, steps) => {
        const used = rowOrder(rows, batch, keyOf(1));
        for (const step of steps) {
          expect([...used(step)]).to.deep.equal([...rowOrder(rows, batch, keyOf(1))(step)]);
        }
      }),
    );
  });

  it('changes from epoch to epoch', () => {
    const order = rowOrder(20, 20, keyOf(1));
    expect([...order(0)]).to.not.deep.equal([...order(1)]);
  });
});

describe('batches of token sequences', () => {
  const vocabulary = vocabularyOf(['moss', 'fern', 'ivy']);
  const { pad, unk, start, end } = vocabulary;
  const rows = [['moss'], ['fern', 'ivy'], ['ivy', 'elder', 'moss']];
  const options = { rows, vocabulary, maxTokens: 5, batchSize: 3 };

  it('contain START, words, END and PAD; a word that is not in the vocabulary is UNK', () => {
    const { shape, data, dtype } = tokenIdBatches(options, keyOf(1))(0);
    expect({ shape, dtype }).to.deep.equal({ shape: [3, 5], dtype: 'int32' });
    const canvases = [0, 1, 2].map((i) => [...data.subarray(i * 5, i * 5 + 5)]);
    expect(canvases).to.have.deep.members([
      [start, 4, end, pad, pad],
      [start, 5, 6, end, pad],
      [start, 6, unk, 4, end],
    ]);
  });

  it('are augmented differently at each step, and deterministically', () => {
    const augment = (words: readonly string[], key: { path: string }) =>
      [key.path.length % 2 === 0 ? 'moss' : 'fern', ...words].slice(0, 3);
    const seen: string[] = [];
    const watched = {
      ...options,
      augment: (words: readonly string[], key: { path: string }) => (seen.push(key.path), augment(words, key)),
    };
    const at = tokenIdBatches(watched, keyOf(1));
    at(0);
    at(7);
    expect(new Set(seen).size).to.equal(6);
    expect(tokenIdBatches(watched, keyOf(1))(7)).to.deep.equal(at(7));
  });

  it('keep a row unchanged if its augmented form does not fit', () => {
    const grown = { ...options, augment: (words: readonly string[]) => [...words, ...words, ...words, ...words] };
    expect(tokenIdBatches(grown, keyOf(1))(0)).to.deep.equal(tokenIdBatches(options, keyOf(1))(0));
  });
});
