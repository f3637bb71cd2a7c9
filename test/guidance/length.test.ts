import { expect } from 'chai';
import length from '../../guidance/length.js';
import { tf } from '../../lib/engine/index.js';
import { contractModel, describeGuideContract } from '../guide-contract.js';

describeGuideContract({
  factory: length,
  rows: [
    { length: 0 },
    { length: { min: 2, max: 5 } },
    { length: { min: 3 } },
    { length: { max: 12 } },
    { length: {} },
    { length: { about: 4 } },
    { length: { about: 0, spread: 0.5 } },
  ],
  nonsense: [
    {},
    { length: -1 },
    { length: 1.5 },
    { length: 'ten' },
    { length: { min: -1 } },
    { length: { least: 1 } },
    { length: { about: 3, spread: 0 } },
    { length: { about: 3, min: 1 } },
  ],
});

describe('the guide length', () => {
  const { maxTokens, vocabulary } = contractModel;
  const { size, start, end, pad } = vocabulary;
  const guide = length.create({
    tf,
    model: contractModel,
    via: 'posterior',
    tables: {},
    classes: [],
    states: () => tf.scalar(0),
  });

  /** Returns whether a text of n words is allowed. */
  function allows(options: { length: number | { min?: number; max?: number } }, n: number): boolean {
    const { logUnary } = guide.factors(options);
    const canvas = Array.from({ length: maxTokens }, (_, i) => (i === 0 ? start : i <= n ? 4 : i === n + 1 ? end : pad));
    return canvas.every((id, i) => logUnary[i * size + id] === 0);
  }

  it('allows the texts of the requested length, and no others', () => {
    for (const [asked, min, max] of [
      [0, 0, 0],
      [5, 5, 5],
      [12, 12, 12],
      [{ min: 2, max: 4 }, 2, 4],
      [{ min: 10 }, 10, 12],
      [{ max: 3 }, 0, 3],
      [{}, 0, 12],
    ] as const) {
      const allowed = Array.from({ length: 13 }, (_, n) => n).filter((n) => allows({ length: asked }, n));
      expect(allowed, JSON.stringify(asked)).to.deep.equal(Array.from({ length: max - min + 1 }, (_, i) => min + i));
    }
  });

  it('scores a text by the normal log-density of its length, whatever its words', () => {
    for (const [about, spread] of [
      [5, 2],
      [0, 1],
      [12, 3.5],
      [7, undefined],
    ] as const) {
      // prettier-ignore
      const { logUnary } = guide.factors({ length: { about, ...(spread === undefined ? {} : { spread }) } });
      for (let n = 0; n <= 12; n++) {
        const canvas = Array.from({ length: maxTokens }, (_, i) =>
          i === 0 ? start : i <= n ? 4 + (i % 3) : i === n + 1 ? end : pad,
        );
        const cost = canvas.reduce((sum, id, i) => sum + logUnary[i * size + id]!, 0);
        expect(cost, `${n} words, about ${about}`).to.be.closeTo(-((n - about) ** 2) / (2 * (spread ?? 2) ** 2), 1e-4);
      }
      expect(logUnary.every((value) => value > -Infinity && value <= 0)).to.equal(true);
    }
  });

  it('refuses more words than a sequence holds, an empty range, and a subword model', () => {
    const messages = (asked: number | { min?: number; max?: number } | { about: number }, model = contractModel) =>
      length.check({ length: asked }, { model, via: 'posterior', classes: [] }).map(({ path, message }) => `${path}: ${message}`);
    expect(messages(13)).to.deep.equal(['/length: expected at most 12 words, the longest text of this model, got 13']);
    expect(messages({ min: 5, max: 4 })).to.deep.equal(['/length: expected min at most max, got 5 and 4']);
    expect(messages({ max: 40 })[0]).to.contain('expected at most 12 words');
    expect(messages({ min: 13 })).to.have.length(1);
    expect(messages({ about: 13 })).to.deep.equal(['/length: expected at most 12 words, the longest text of this model, got 13']);
    expect(messages(3, { ...contractModel, wordLevel: false })[0]).to.contain('word tokenizer');
  });
});
