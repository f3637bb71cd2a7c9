import { expect } from 'chai';
import { qSample, reverseMean } from '../../lib/diffusion/forward.js';
import { ddpmSteps, discreteLevels } from '../../lib/diffusion/reverse-steps.js';
import { tf } from '../../lib/engine/tf.js';
import type { HostTensor } from '../../lib/engine/types.js';
import { clampToNearest } from '../../lib/model/denoiser/rounding.js';
import { expectClose } from '../fixtures/original/close.js';
import { loadOriginal, type Original } from '../fixtures/original/index.js';

describe('forward process and posterior', () => {
  let original: Original;
  const levels = ddpmSteps(discreteLevels('sqrt', 40)).reverse(); // the cleanest first, as t counts
  before(async () => (original = await loadOriginal()));

  const put = ({ data, shape }: HostTensor) => tf.tensor(data as Float32Array, [...shape]);
  const output = (name: string) => put(original.output(name));
  const rowsOf = (key: 'alphaBar' | 'cX' | 'c0') => tf.tensor1d(Array.from(original.output('t').data, (t) => levels[t]![key])); // [B]
  const coefficients = () => ({ cX: rowsOf('cX'), c0: rowsOf('c0') });
  const expected = (name: string) => original.output(name).data;

  it('noises as the original', () => {
    expectClose(qSample(output('x0'), rowsOf('alphaBar'), output('noise')).dataSync(), expected('q_sample'), 1e-6);
  });

  it('takes one level for all rows as well', () => {
    const row = (level: number) => qSample(output('x0'), tf.scalar(level), output('noise')).dataSync();
    const same = qSample(output('x0'), tf.tensor1d([0.3, 0.3, 0.3]), output('noise')).dataSync();
    expect(row(0.3)).to.deep.equal(same);
  });

  it('has the posterior mean of the original', () => {
    expectClose(reverseMean(output('x'), output('x0'), coefficients()).dataSync(), expected('q_posterior_mean'), 1e-6);
  });

  it('has the reverse mean and the fixed small variance of the original', () => {
    expectClose(reverseMean(output('x'), output('p.pred_xstart'), coefficients()).dataSync(), expected('p.mean'), 1e-6);
    // One number a row; the original gives t = 0, where no noise is drawn, the variance of t = 1.
    const logVariances = Array.from(original.output('t').data, (t) => 2 * Math.log(levels[Math.max(t, 1)]!.sigma));
    const each = expected('p.log_variance').length / logVariances.length;
    expectClose(
      Float32Array.from(expected('p.log_variance'), (_, i) => logVariances[Math.floor(i / each)]!),
      expected('p.log_variance'),
      1e-6,
    );
  });

  it('clamps as the original', () => {
    const clamped = clampToNearest(output('p.pred_xstart'), put(original.weights['word_embedding.weight']!));
    expect(clamped.dataSync()).to.deep.equal(expected('clamped.pred_xstart'));
    expectClose(reverseMean(output('x'), clamped, coefficients()).dataSync(), expected('clamped.mean'), 1e-6);
  });
});
