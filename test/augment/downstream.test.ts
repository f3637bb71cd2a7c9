import { expect } from 'chai';
import fc from 'fast-check';
import { crossedBootstrap, differences } from '../../lib/augment/benchmark/crossed-bootstrap.js';
import { easyAugmentation } from '../../lib/augment/benchmark/eda.js';
import { downstreamClassifiers } from '../../lib/augment/downstream/index.js';
import { tfIdf } from '../../lib/augment/downstream/features.js';
import { fitOne, type SparseVector } from '../../lib/augment/downstream/linear-svm.js';
import { keyOf, normal, split, uniform } from '../../lib/base/random.js';
import { splitWords } from '../../lib/text/split-words.js';
import { sentences } from './synthetic.js';

describe('the classifiers of the benchmark', () => {
  it('find the weights with the least squared hinge loss and norm', () => {
    const key = keyOf(5);
    const rows = Array.from({ length: 40 }, (_, r): SparseVector => ({
      ids: Int32Array.of(0, 1),
      values: Float64Array.from(normal(split(key, r), 2)),
    }));
    const signs = rows.map(({ values }, r) =>
      values[0]! + 0.5 * values[1]! + 0.8 * normal(split(key, 'noise', r), 1)[0]! > 0.2 ? 1 : -1,
    );
    const objective = ([a, b, bias]: Float64Array): number =>
      0.5 * (a! * a! + b! * b! + bias! * bias!) +
      rows.reduce((sum, { values }, r) => sum + Math.max(0, 1 - signs[r]! * (a! * values[0]! + b! * values[1]! + bias!)) ** 2, 0);
    const found = fitOne(rows, signs, 2, { cost: 1, key });
    const least = objective(found);
    for (let i = 0; i < 200; i++) {
      const near = found.map((value, d) => value + 0.05 * normal(split(key, 'step', i), 3)[d]!);
      expect(objective(near)).to.be.above(least - 0.01);
    }
  });

  it('weigh terms by inverse document frequency, in vectors of length 1', () => {
    const { count, vectorOf } = tfIdf(['a pond', 'a heron']);
    expect(count).to.equal(5); // a, pond, a pond, heron, a heron
    const { values } = vectorOf('A pond, unknown');
    expect([...values].reduce((sum, value) => sum + value * value, 0)).to.be.closeTo(1, 1e-12);
    expect(values[1]! / values[0]!).to.be.closeTo((Math.log(3 / 2) + 1) / (Math.log(3 / 3) + 1), 1e-12);
    expect(vectorOf('nothing known').ids).to.have.length(0);
  });

  it('learn labels from words, and from the vectors of an embedder', async () => {
    const rows = (count: number, from = 0) => sentences(count, from).map(([text, label]) => ({ text, label }));
    const embedder = {
      by: 'letters',
      tokenVectors: (texts: readonly string[]) => Promise.resolve(texts.map((text) => [Float32Array.from('aehrs', (letter) => text.split(letter).length)])), // prettier-ignore
      dispose: () => Promise.resolve(),
    };
    const classifiers = downstreamClassifiers(embedder);
    expect(classifiers.map(({ name }) => name)).to.deep.equal(['TF-IDF', 'embeddings']);
    for (const { hits } of classifiers) {
      const right = (await hits(rows(20), rows(20, 20))).filter(Boolean).length;
      expect(right).to.be.above(17);
    }
  });
});

describe('easy data augmentation', () => {
  const rows = sentences(8).map(([text, label], line) => ({ text, label, line, words: splitWords(text) }));

  it('makes new rows from the words of the rows with the same label, as many as asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.nat(),
        (perLabel, alpha, seed) => {
          const made = easyAugmentation(rows, { perLabel, alpha, key: keyOf(seed) });
          for (const label of ['animal', 'plant']) {
            const own = rows.filter((row) => row.label === label);
            const texts = made.filter((row) => row.label === label).map(({ text }) => text);
            expect(new Set(texts).size).to.equal(perLabel).and.equal(texts.length);
            expect(own.filter(({ text }) => texts.includes(text))).to.deep.equal([]);
            const known = new Set(own.flatMap(({ words }) => words));
            expect(texts.flatMap(splitWords).filter((word) => !known.has(word))).to.deep.equal([]);
          }
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('intervals over seeds and held-out rows', () => {
  it('hold the mean, are empty without variance, and are wider with fewer rows', () => {
    const key = keyOf(2);
    const hits = (seeds: number, rows: number) =>
      Array.from({ length: seeds }, (_, s) => Array.from(uniform(split(key, s), rows), (u) => (u < 0.7 ? 1 : 0)));
    const [few, many] = [hits(3, 20), hits(3, 300)].map((values) => crossedBootstrap(values, key)) as [
      { mean: number; low: number; high: number },
      { mean: number; low: number; high: number },
    ];
    for (const { mean, low, high } of [few, many]) expect(mean).to.be.within(low, high);
    expect(few.high - few.low).to.be.above(1.5 * (many.high - many.low));
    expect(crossedBootstrap([[1, 1], [1, 1]], key)).to.deep.equal({ mean: 1, low: 1, high: 1 }); // prettier-ignore
    expect(differences([[1, 0]], [[0, 0]])).to.deep.equal([[1, 0]]);
  });
});
