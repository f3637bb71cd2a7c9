import { expect } from 'chai';
import { pooledLogits, poolingParams } from '../../guidance/parts/pooling.js';
import { tf } from '../../lib/engine/index.js';

/** Uses token states as logits. */
const weights = { 'pooled.weight': tf.eye(2), 'pooled.bias': tf.zeros([2]) };

describe('pooled logits', () => {
  it('are the logarithm of the mean exponential of the tokens', () => {
    const states = tf.tensor3d([[[0, 1], [2, 3], [-1, 100]]]); // prettier-ignore
    const [first, second] = pooledLogits(states, weights).dataSync();
    expect(first).to.be.closeTo(Math.log((1 + Math.exp(2) + Math.exp(-1)) / 3), 1e-6);
    expect(second, 'no overflow').to.be.closeTo(100 - Math.log(3), 1e-4);
  });

  it('send the gradient to the token with the largest logit', () => {
    const states = tf.tensor3d([[[0, 0], [6, 0], [0, 0], [0, 0]]]); // prettier-ignore
    const gradient = tf
      .grad((x) => tf.sum(tf.slice(pooledLogits(x, weights), [0, 0], [1, 1])))(states)
      .dataSync();
    expect(gradient[2]).to.be.above(0.98);
    expect(gradient.filter((_, i) => i % 2 === 1).every((value) => value === 0)).to.equal(true);
  });

  it('declare the parameters that they use', () => {
    expect(poolingParams(8, 3).map(({ name, shape }) => [name, shape])).to.deep.equal([
      ['pooled.weight', [8, 3]],
      ['pooled.bias', [3]],
    ]);
  });
});
