import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { qSample } from '../../lib/diffusion/forward.js';
import { ddpmSteps } from '../../lib/diffusion/reverse-steps.js';
import { discreteLevels } from '../../lib/diffusion/schedule.js';
import { tf } from '../../lib/engine/tf.js';
import type { HostTensor } from '../../lib/engine/types.js';
import { clampToNearest } from '../../lib/model/denoiser/rounding.js';
import { reverseStep, type StepParts, type StepTensors } from '../../lib/sampler/step.js';
import { expectClose } from '../fixtures/original/close.js';
import { loadOriginal, type Original } from '../fixtures/original/index.js';

describe('forward process and posterior', () => {
  let original: Original;
  const steps = ddpmSteps(discreteLevels('sqrt', 40)).reverse(); // the cleanest first, as t counts
  before(async () => (original = await loadOriginal()));

  const put = ({ data, shape }: HostTensor) => tf.tensor(data as Float32Array, [...shape]);
  const output = (name: string) => put(original.output(name));
  const rowSteps = () => Array.from(original.output('t').data, (t) => steps[t]!);
  /** Returns the latents that the sampler's step draws from x without noise for a predicted x_0 [B, L, D]; each row has its own step. */
  const reverseMeans = (x0: Tensor): number[] =>
    rowSteps().flatMap((step, row) => {
      const [x, own] = [output('x'), x0].map((of) => tf.slice(of, [row, 0, 0], [1, -1, -1])) as [Tensor, Tensor]; // [1, L, D]
      const numbers = Object.entries(step).map(([name, value]) => [name, tf.scalar(value as number)]);
      const parts: StepParts = {
        denoise: () => ({ logits: own, x0: own }),
        whole: (logits) => logits,
        constrain: (logits) => logits,
        estimate: (_, prediction) => prediction.x0,
        project: (of) => of,
        steerX0: (of) => of,
        steerLatents: (of) => of,
      };
      const next = reverseStep({ x, previousX0: x }, tf.zerosLike(x), Object.fromEntries(numbers) as StepTensors, parts);
      return [...next.x.dataSync()];
    });
  const expected = (name: string) => original.output(name).data;

  it('noises like the original', () => {
    expectClose(
      qSample(output('x0'), tf.tensor1d(rowSteps().map(({ alphaBar }) => alphaBar)), output('noise')).dataSync(),
      expected('q_sample'),
      1e-6,
    );
  });

  it('takes one noise level for all rows as well', () => {
    const row = (alphaBar: number) => qSample(output('x0'), tf.scalar(alphaBar), output('noise')).dataSync();
    const same = qSample(output('x0'), tf.tensor1d([0.3, 0.3, 0.3]), output('noise')).dataSync();
    expect(row(0.3)).to.deep.equal(same);
  });

  it('has the posterior mean of the original', () => {
    expectClose(reverseMeans(output('x0')), expected('q_posterior_mean'), 1e-6);
  });

  it('has the reverse mean and the fixed small variance of the original', () => {
    expectClose(reverseMeans(output('p.pred_xstart')), expected('p.mean'), 1e-6);
    // One number per row; the original gives t = 0, which draws no noise, the variance of t = 1.
    const logVariances = Array.from(original.output('t').data, (t) => 2 * Math.log(steps[Math.max(t, 1)]!.sigma));
    const each = expected('p.log_variance').length / logVariances.length;
    expectClose(
      Float32Array.from(expected('p.log_variance'), (_, i) => logVariances[Math.floor(i / each)]!),
      expected('p.log_variance'),
      1e-6,
    );
  });

  it('clamps like the original', () => {
    const clamped = clampToNearest(output('p.pred_xstart'), put(original.weights['word_embedding.weight']!));
    expect(clamped.dataSync()).to.deep.equal(expected('clamped.pred_xstart'));
    expectClose(reverseMeans(clamped), expected('clamped.mean'), 1e-6);
  });
});
