import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { tf } from '../../lib/engine/index.js';
import type { StepState } from '../../lib/guide/contract.js';
import { reverseStep, type StepParts, type StepTensors } from '../../lib/sampler/step.js';

const numbers = { time: 0.8, nextTime: 0.6, alphaBar: 0.1, nextAlphaBar: 0.2, cX: 0.5, c0: 2, cPrevious: 0, sigma: 0.25 };
const step = Object.fromEntries(
  Object.entries(numbers).map(([name, value]) => [name, tf.scalar(value)]),
) as unknown as StepTensors;
const of = (value: number): Tensor => tf.fill([1, 2, 3], value); // [B, L, D]
const valueOf = (t: Tensor): number => t.dataSync()[0]!;
const seen = ({ x, mean, x0, time, alphaBar, sigma }: StepState) =>
  [x, mean, x0, time, alphaBar, sigma].map((t) => Number(valueOf(t).toFixed(4)));

describe('a reverse step', () => {
  it('denoises, constrains, projects, moves x_0, draws and moves the latents, and tells each part the noise level of its latents', () => {
    const calls: Record<string, number[]> = {};
    const parts: StepParts = {
      denoise(x, time, previousX0) {
        calls['denoise'] = [x, time, previousX0].map((t) => Number(valueOf(t).toFixed(4)));
        return { logits: tf.fill([1, 2, 4], 7), x0: of(100) };
      },
      whole: (logits) => logits,
      constrain: (logits) => tf.add(logits, 1),
      estimate: (probs, { x0 }) => tf.fill(x0.shape, valueOf(probs) + 2), // 10
      project(x0, state) {
        calls['project'] = seen(state);
        return tf.add(x0, 1); // 11
      },
      steerX0(x0, state) {
        calls['steerX0'] = seen(state(x0));
        return tf.add(x0, 3); // 14
      },
      steerLatents(x, mean, state) {
        calls['steerLatents'] = [...seen(state(x)), valueOf(mean)];
        return tf.add(x, 1000);
      },
    };
    const { x, previousX0, probs } = reverseStep({ x: of(4), previousX0: of(5) }, of(8), step, parts);
    expect(calls['denoise']).to.deep.equal([4, 0.8, 5]);
    expect(calls['project']).to.deep.equal([4, 0.5 * 4 + 2 * 10, 10, 0.8, 0.1, 0.25]);
    expect(calls['steerX0']).to.deep.equal([4, 0.5 * 4 + 2 * 11, 11, 0.8, 0.1, 0.25]);
    const drawn = 0.5 * 4 + 2 * 11 + 0.25 * 8 + 3; // mean + sigma z + (y - x0), the move unscaled
    expect(calls['steerLatents']).to.deep.equal([drawn, 24, 11, 0.6, 0.2, 0.25, 24]);
    expect([valueOf(x), valueOf(previousX0), valueOf(probs)]).to.deep.equal([drawn + 1000, 11, 8]);
  });
});
