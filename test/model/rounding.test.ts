import { expect } from 'chai';
import fc from 'fast-check';
import { tf } from '../../lib/engine/tf.js';
import { clampToNearest, nearestTokens } from '../../lib/model/denoiser/rounding.js';

describe('rounding to the nearest embedding', () => {
  const table = [
    [3, 0],
    [1, 1],
    [-1, 0],
  ];
  const embeddings = tf.tensor2d(table); // [V, D]

  it('goes by distance, not by product: a long embedding is no nearer for being long', () => {
    const x0 = tf.tensor3d([
      [
        [1.2, 0.6],
        [2.9, 0],
        [-0.2, 0.1],
      ],
    ]); // [B, L, D]; the product of the first is largest with [3, 0]
    expect(nearestTokens(x0, embeddings).arraySync()).to.deep.equal([[1, 0, 2]]);
    expect(clampToNearest(x0, embeddings).arraySync()).to.deep.equal([[table[1], table[0], table[2]]]);
  });

  it('takes the nearest token', () => {
    const latent = fc.array(
      fc.integer({ min: -400, max: 400 }).map((n) => n / 100),
      { minLength: 2, maxLength: 2 },
    );
    const property = fc.property(latent, (x) => {
      const token = (nearestTokens(tf.tensor3d([[x]]), embeddings).arraySync() as number[][])[0]![0]!;
      const distance = (v: number) => Math.hypot(table[v]![0]! - x[0]!, table[v]![1]! - x[1]!);
      for (let v = 0; v < 3; v++) expect(distance(token)).to.be.at.most(distance(v) + 1e-5);
    });
    fc.assert(property);
  });

  it('does not change embeddings', () => {
    const x0 = tf.tensor3d([table, [...table].reverse()]);
    expect(clampToNearest(x0, embeddings).arraySync()).to.deep.equal(x0.arraySync());
  });
});
