import { expect } from 'chai';
import { bertScore, unit } from '../../lib/metrics/bert-score.js';
import { kMeans } from '../../lib/metrics/k-means.js';
import { divergenceArea, mauve } from '../../lib/metrics/mauve.js';
import { keyOf, normal, split } from '../../lib/base/random.js';

const vectors = (...list: number[][]): Float32Array[] => list.map((values) => Float32Array.from(values));

describe('BERTScore', () => {
  const [east, north, northEast] = vectors([1, 0], [0, 1], [0.6, 0.8]) as [Float32Array, Float32Array, Float32Array];

  it('is 1 for the same vectors in any order, and otherwise equals values computed by hand', () => {
    expect(bertScore([east, north], [north, east])).to.deep.equal({ precision: 1, recall: 1, f1: 1 });
    // Precision: east meets (0.6, 0.8) at 0.6. Recall: (0.6, 0.8) meets east at 0.6, north meets east at 0.
    const { precision, recall, f1 } = bertScore([east], [northEast, north]);
    expect(precision).to.be.closeTo(0.6, 1e-6);
    expect(recall).to.be.closeTo(0.3, 1e-6);
    expect(f1).to.be.closeTo((2 * 0.6 * 0.3) / 0.9, 1e-6);
  });

  it('is 0 if one text has no tokens', () => {
    expect(bertScore([], [east]).f1).to.equal(0);
    expect(bertScore([east], []).f1).to.equal(0);
  });

  it('accepts vectors of length 1', () => {
    expect([...unit(Float32Array.from([3, 4]))].map((value) => value.toFixed(3))).to.deep.equal(['0.600', '0.800']);
    expect([...unit(Float32Array.from([0, 0]))]).to.deep.equal([0, 0]);
  });
});

describe('kMeans', () => {
  it('finds well-separated clusters for any key', () => {
    const centres = [
      [0, 0],
      [10, 0],
      [0, 10],
    ];
    const points = Array.from({ length: 60 }, (_, i) => {
      const noise = normal(split(keyOf(1), i), 2);
      return Float32Array.from(centres[i % 3]!, (value, d) => value + 0.5 * noise[d]!);
    });
    for (const seed of [1, 2, 3]) {
      const assigned = kMeans(points, 3, keyOf(seed));
      for (let i = 3; i < 60; i++) expect(assigned[i]).to.equal(assigned[i % 3]);
      expect(new Set(assigned).size).to.equal(3);
    }
  });
});

describe('MAUVE', () => {
  it('is 1 for equal histograms, and symmetric', () => {
    expect(divergenceArea([0.2, 0.8], [0.2, 0.8])).to.be.closeTo(1, 1e-9);
    const [p, q] = [
      [0.5, 0.3, 0.2],
      [0.1, 0.3, 0.6],
    ] as const;
    expect(divergenceArea(p, q)).to.be.closeTo(divergenceArea(q, p), 1e-9);
  });

  it('of disjoint histograms is the area integrated by hand', () => {
    // Points ((1 - w)^c, w^c): for c = 1 the line x + y = 1, for c = 5 the area 5 B(6, 5) = 1 / 252, by 24 trapezoids a little more.
    expect(divergenceArea([1, 0], [0, 1], 1)).to.be.closeTo(1 / 2, 1e-5);
    expect(divergenceArea([1, 0], [0, 1])).to.be.within(1 / 252, 1.05 / 252);
  });

  it("of sets without a common cluster equals the result of the authors' package", () => {
    expect(divergenceArea([1, 0], [0, 1])).to.be.closeTo(0.0040720962619612555, 1e-9);
  });

  it('of two small histograms is the area under the curve, integrated numerically', () => {
    // Of cells (3/4, 1/4) and (1/4, 3/4) the mixture is (1/4 + w/2, 3/4 - w/2).
    const STEPS = 2000;
    const at = (w: number): [number, number] => {
      const [a, b] = [1 / 4 + w / 2, 3 / 4 - w / 2];
      return [
        Math.exp(-5 * ((1 / 4) * Math.log(1 / 4 / a) + (3 / 4) * Math.log(3 / 4 / b))),
        Math.exp(-5 * ((3 / 4) * Math.log(3 / 4 / a) + (1 / 4) * Math.log(1 / 4 / b))),
      ];
    };
    let area = 0;
    for (let i = 0; i < STEPS; i++) {
      const [[x0, y0], [x1, y1]] = [at(i / STEPS), at((i + 1) / STEPS)];
      area += ((x0 - x1) * (y0 + y1)) / 2;
    }
    area += at(1)[0]; // from the end of the curve straight to (0, 1), where y is 1
    expect(divergenceArea([3 / 4, 1 / 4], [1 / 4, 3 / 4])).to.be.closeTo(area, 0.002);
  });

  it('distinguishes texts of the same distribution from texts of another', () => {
    const cloud = (seed: number, centre: number): Float32Array[] =>
      Array.from({ length: 100 }, (_, i) => unit(normal(split(keyOf(seed), i), 4).map((value) => value + centre)));
    const alike = mauve(cloud(1, 0), cloud(2, 0), keyOf(1));
    const apart = mauve(cloud(1, 0), cloud(2, 3), keyOf(1));
    expect(alike.clusters).to.equal(10);
    expect(alike.value).to.be.above(0.8);
    expect(apart.value).to.be.below(0.5);
    expect(mauve(cloud(1, 0), cloud(1, 0), keyOf(1)).value).to.be.closeTo(1, 1e-6);
  });
});
