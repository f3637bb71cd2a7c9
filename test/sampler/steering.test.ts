import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { tf } from '../../lib/engine/index.js';
import { keyOf, normal } from '../../lib/base/random.js';
import type { StepState } from '../../lib/guide/contract.js';
import { steer, type ActiveGuide, type SteeringOptions } from '../../lib/sampler/steering.js';

const [B, L, D] = [2, 3, 4];
const numbers = (label: number): Tensor => tf.tensor(normal(keyOf(label), B * L * D), [B, L, D]);
const [x, goal, mean] = [numbers(1), numbers(2), numbers(3)];

/** log p falls with the squared distance to a goal, faster for later tokens of a row. */
const towards = (target: Tensor, weight = 1): ActiveGuide => ({
  guide: {
    via: 'gradient',
    encode: () => ({}),
    logProb: (z) => tf.neg(tf.sum(tf.mul(tf.squaredDifference(z, target), tf.tensor([1, 2, 3], [1, L, 1])), [1, 2])),
  },
  inputs: {},
  weights: {},
  weight: tf.scalar(weight),
});
const logProbOf = (z: Tensor): number[] => [...towards(goal).guide.logProb(z, stateOf(z), {}, {}).dataSync()];

const sigma = 0.5;
const stateOf = (z: Tensor): StepState => ({
  ...{ x: z, mean, x0: z, logits: z },
  ...{ time: tf.zeros([B]), alphaBar: tf.scalar(0.5), sigma: tf.scalar(sigma) },
});
const options: SteeringOptions = { inner: 1, step: 0.1, momentum: 0, scale: 'max-norm', floor: 0, prior: 0 };
const steered = (guides: readonly ActiveGuide[], changes: Partial<SteeringOptions> = {}, from = x): Tensor =>
  steer(from, mean, guides, stateOf, { ...options, ...changes }, tf.zerosLike(x)).x;

/** Returns how far each token moved, one list per row. */
const lengths = (to: Tensor, from = x): number[][] => tf.norm(tf.sub(to, from), 2, -1).arraySync() as number[][];
const numbersOf = (t: Tensor): number[] => [...t.dataSync()];
const expectClose = (got: Tensor, expected: Tensor, tolerance = 1e-5): void => {
  const want = numbersOf(expected);
  numbersOf(got).forEach((value, i) => expect(value, `[${i}]`).to.be.closeTo(want[i]!, tolerance));
};
const gradient = (): Tensor => tf.mul(tf.mul(tf.sub(goal, x), 2), tf.tensor([1, 2, 3], [1, L, 1]));

describe('a gradient step of the default scale', () => {
  it('moves the token with the largest gradient by step * sqrt(D) * weight, the others in proportion to their gradients', () => {
    for (const [step, weight] of [
      [0.1, 1],
      [0.2, 1],
      [0.1, 3],
    ] as const) {
      const moves = lengths(steered([towards(goal, weight)], { step }));
      const norms = tf.norm(gradient(), 2, -1).arraySync() as number[][];
      moves.forEach((row, b) => {
        const largest = Math.max(...norms[b]!);
        row.forEach((move, i) => expect(move).to.be.closeTo((step * 2 * weight * norms[b]![i]!) / largest, 1e-5));
      });
    }
  });

  it('raises log p, and more with a longer step', () => {
    let before = logProbOf(x);
    for (const step of [0.01, 0.02, 0.04]) {
      const after = logProbOf(steered([towards(goal)], { step }));
      after.forEach((value, b) => expect(value).to.be.above(before[b]!));
      before = after;
    }
  });

  it('repeats from its result, inner times', () => {
    let by = x;
    for (let i = 0; i < 3; i++) by = steered([towards(goal)], {}, by);
    expectClose(steered([towards(goal)], { inner: 3 }), by);
    expectClose(steered([towards(goal)], { inner: 0 }), x, 0);
  });

  it('changes only its own row', () => {
    const other = tf.concat([tf.slice(goal, 0, 1), tf.add(tf.slice(goal, 1, 1), 50)]);
    const [one, two] = [steered([towards(goal)], { inner: 3 }), steered([towards(other)], { inner: 3 })];
    expect(numbersOf(tf.slice(one, 0, 1))).to.deep.equal(numbersOf(tf.slice(two, 0, 1)));
    expect(numbersOf(tf.slice(one, 1, 1))).to.not.deep.equal(numbersOf(tf.slice(two, 1, 1)));
  });

  it('adds the moves of several guides, each normalised by itself', () => {
    const [a, b] = [towards(goal), towards(numbers(4), 0.5)];
    const apart = tf.add(tf.sub(steered([a]), x), tf.sub(steered([b]), x));
    expectClose(tf.sub(steered([a, b]), x), apart);
  });

  it('moves latents less if all gradients are below the floor', () => {
    const [near, far] = [lengths(steered([towards(goal)], { floor: 1e4 })).flat(), lengths(steered([towards(goal)])).flat()];
    expect(Math.max(...near)).to.be.below(0.01 * Math.max(...far));
    expectClose(steered([towards(goal)], { floor: 1e-6 }), steered([towards(goal)]), 0);
  });

  it('returns the log-probabilities before the last move', () => {
    const two = steered([towards(goal)], { inner: 2 });
    const { logProbs } = steer(x, mean, [towards(goal)], stateOf, { ...options, inner: 3 }, tf.zerosLike(x));
    expect(numbersOf(logProbs[0]!)).to.deep.equal(logProbOf(two));
  });

  it('takes a weight for each row', () => {
    const weight = tf.tensor([1, 3], [B, 1, 1]);
    const apart = lengths(steered([{ ...towards(goal), weight }]));
    const [one, three] = [lengths(steered([towards(goal, 1)])), lengths(steered([towards(goal, 3)]))];
    apart.forEach((row, b) => row.forEach((move, i) => expect(move).to.be.closeTo((b === 0 ? one : three)[b]![i]!, 1e-5)));
  });

  it('is pulled a share of the way to the mean by the prior', () => {
    const free = steered([towards(goal)]);
    expectClose(steered([towards(goal)], { prior: 0.25 }), tf.add(tf.mul(free, 0.75), tf.mul(mean, 0.25)));
  });

  it('begins with a share of the previous move, takes the gradient there, and returns the whole move', () => {
    const [previous, momentum] = [numbers(5), 0.5];
    const start = tf.add(x, tf.mul(previous, momentum));
    const { x: to, move, logProbs } = steer(x, mean, [towards(goal)], stateOf, { ...options, momentum }, previous);
    expectClose(to, steered([towards(goal)], {}, start));
    expectClose(move, tf.sub(to, x));
    expect(numbersOf(logProbs[0]!)).to.deep.equal(logProbOf(start));
    expectClose(steer(x, mean, [towards(goal)], stateOf, options, previous).x, steered([towards(goal)]), 0);
  });

  it('moves nothing if the gradient is zero or no guide acts', () => {
    expectClose(steered([towards(x)]), x, 0);
    expectClose(steered([]), x, 0);
  });
});

describe('the other scales', () => {
  it('sign moves every number by the step, up the sum of the gradients', () => {
    const moved = steered([towards(goal)], { scale: 'sign' });
    expectClose(moved, tf.add(x, tf.mul(tf.sign(gradient()), 0.1)));
  });

  it('sign takes the prior as the coefficient of |x - mean|^2 / sigma', () => {
    const prior = 4;
    const whole = tf.sub(gradient(), tf.mul(tf.sub(x, mean), (2 * prior) / sigma));
    expectClose(steered([towards(goal)], { scale: 'sign', prior }), tf.add(x, tf.mul(tf.sign(whole), 0.1)));
  });

  it('none moves by weight * sigma^2 * gradient, whatever the step', () => {
    const expected = tf.add(x, tf.mul(gradient(), 0.5 * sigma ** 2));
    expectClose(steered([towards(goal, 0.5)], { scale: 'none', step: 7 }), expected);
  });
});
