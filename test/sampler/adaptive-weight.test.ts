import { expect } from 'chai';
import type { StepWindow } from '../../lib/diffusion/index.js';
import { type AdaptiveOptions, adaptiveWeight } from '../../lib/sampler/adaptive-weight.js';
import type { RunStep } from '../../lib/sampler/observer.js';

const window = [0, 1] as const;
const STEPS = 100;

/** The adaptive weight of guide 2 of a batch, called as the sampler calls it. */
function startWeight(rows: number, options: AdaptiveOptions, within: StepWindow = window) {
  const weight = adaptiveWeight(2, rows, within, options);
  const stepAt = (share: number) => ({ share }) as RunStep;
  return {
    record: (row: number) => weight.record(row),
    weights: (ancestors?: Int32Array) => weight.before(stepAt(0), ancestors).weights![2]!,
    observe: (share: number, logProbs: Float32Array) =>
      weight.after(stepAt(share), { probs: undefined, logProbs: new Map([[2, logProbs]]) }),
    /** A step in which the guide does not act. */
    skip: (share: number) => weight.after(stepAt(share), { probs: undefined, logProbs: new Map() }),
  };
}

/** Rows whose log-probability rises by `gain` nats per step and unit of weight, and without a guide by a share of the missing nats. */
function run(gains: readonly number[], options: AdaptiveOptions, ease = 0) {
  const adaptive = startWeight(gains.length, options);
  const logProbs = gains.map(() => -40);
  const courses = gains.map((): number[] => []);
  for (let step = 0; step < STEPS; step++) {
    const weights = adaptive.weights();
    gains.forEach((gain, row) => {
      logProbs[row]! += gain * weights[row]! - ease * logProbs[row]!;
      courses[row]!.push(logProbs[row]!);
    });
    adaptive.observe(step / STEPS, Float32Array.from(logProbs));
  }
  return { logProbs, courses, records: gains.map((_, row) => adaptive.record(row)) };
}

describe('a weight that follows a log-probability', () => {
  it('reaches the target log-probability in each row, whatever the effect of a unit of weight', () => {
    const gains = [0.03, 0.1, 0.5, 2];
    for (const logProb of [-0.5, -3]) {
      const { logProbs, records } = run(gains, { logProb, min: 0.001, max: 100 });
      logProbs.forEach((value, row) => expect(value, `gain ${gains[row]}`).to.be.closeTo(logProb, 0.25));
      for (let row = 1; row < gains.length; row++) expect(records[row]!.mean).to.be.below(records[row - 1]!.mean);
    }
  });

  it('follows its course: the missing nats fall by the same share at each step', () => {
    const { courses } = run([0.5], { logProb: -1, min: 0.001, max: 100 });
    const begin = courses[0]![0]!;
    for (const step of [30, 50, 70, 90]) {
      const aim = begin * (1 / -begin) ** (step / STEPS);
      expect(courses[0]![step]).to.be.closeTo(aim, 0.15 * -aim);
    }
  });

  it('stays as it is on its course, which runs from the begin of the window to its end', () => {
    const adaptive = startWeight(1, { logProb: -1, min: 0.001, max: 100 }, [0.5, 0.9]);
    adaptive.observe(0.5, Float32Array.of(-16));
    adaptive.observe(0.7, Float32Array.of(-4)); // half of the way: the logarithm of the missing nats has halved
    adaptive.observe(0.9, Float32Array.of(-1));
    expect(adaptive.weights()[0]).to.be.closeTo(1, 1e-6);
    adaptive.observe(0.8, Float32Array.of(-4)); // behind
    expect(adaptive.weights()[0]).to.be.above(1.2);
  });

  it('falls to its minimum if the control holds without a guide, and rises to its maximum if nothing helps', () => {
    const options = { logProb: -1, min: 0.2, max: 5 };
    expect(run([0], options, 0.2).records[0]!.last).to.be.closeTo(0.2, 1e-6);
    expect(run([0], options).records[0]!.last).to.be.closeTo(5, 1e-6);
  });

  it('continues with the weights of the row whose trajectory a row continues', () => {
    const adaptive = startWeight(2, { logProb: -1, min: 0.01, max: 100 });
    const says = (...logProbs: number[]) => Float32Array.from(logProbs);
    for (const share of [0, 0.2, 0.4]) adaptive.observe(share, says(-50, -0.5));
    const [up, down] = adaptive.weights();
    expect(up).to.be.above(1).and.above(down!);
    expect([...adaptive.weights(Int32Array.of(1, 1))]).to.deep.equal([down, down]);
    expect(adaptive.record(0)).to.deep.equal(adaptive.record(1));
    adaptive.observe(0.6, says(-0.5, -0.5));
    expect(adaptive.weights()[0]).to.equal(adaptive.weights()[1]);
  });

  it('does not change in steps in which the guide does not act', () => {
    const adaptive = startWeight(1, { logProb: -1, min: 0.1, max: 10 });
    adaptive.observe(0, Float32Array.of(-9));
    adaptive.observe(0.5, Float32Array.of(-50));
    const [weight, record] = [adaptive.weights(), adaptive.record(0)];
    adaptive.skip(0.6);
    expect([adaptive.weights(), adaptive.record(0)]).to.deep.equal([weight, record]);
  });

  it('starts at 1 or the nearest bound, and records the weights that were used', () => {
    expect(run([1], { logProb: -1, min: 2, max: 3 }).records[0]!.first).to.equal(2);
    const adaptive = startWeight(1, { logProb: -1, min: 0.1, max: 10 });
    expect(adaptive.record(0)).to.deep.equal({ first: 1, mean: 1, last: 1 });
    adaptive.observe(0, Float32Array.of(-9));
    const second = adaptive.weights()[0]!;
    adaptive.observe(0.5, Float32Array.of(-50));
    expect(second).to.equal(1);
    const third = adaptive.weights()[0]!;
    expect(third).to.be.above(1);
    adaptive.observe(0.6, Float32Array.of(-50));
    expect(adaptive.record(0)).to.deep.equal({ first: 1, mean: (2 + third) / 3, last: third });
  });
});
