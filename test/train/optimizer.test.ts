import { expect } from 'chai';
import { tf } from '../../lib/engine/index.js';
import { adamW, globalNorm, learningRate, ratesAt, type OptimizerOptions } from '../../lib/train/optimizer.js';
import { floats, tensorsOf } from '../tiny-model.js';

const options: OptimizerOptions = {
  steps: 100,
  peakLearningRate: 0.01,
  warmupSteps: 10,
  betas: [0.9, 0.99],
  weightDecay: 0.1,
  clipNorm: 1e9,
  emaDecay: 0.5,
};

type Numbers = Record<string, number[]>;
const start: Numbers = { 'out.weight': [1, -2], 'out.bias': [0.5, 0.25], embedding: [2, 3] };
const gradients: Numbers[] = [
  { 'out.weight': [0.3, -0.1], 'out.bias': [1, 0], embedding: [-2, 0.5] },
  { 'out.weight': [-0.2, 0.4], 'out.bias': [0.5, 1], embedding: [1, 0.5] },
  { 'out.weight': [0.1, 0.1], 'out.bias': [-3, 2], embedding: [0, 0.25] },
];
const shapeOf = (name: string): number[] => (name === 'out.bias' ? [2] : [1, 2]);

const tensors = (numbers: Numbers) =>
  tensorsOf(
    Object.fromEntries(
      Object.entries(numbers).map(([name, data]) => [name, floats(shapeOf(name.replace(/^(m|v|ema)\//, '')), data)]),
    ),
  );

/** Returns the state after the steps, by adamW. */
function run(given: OptimizerOptions, steps = gradients): Numbers {
  const of = (prefix: string, make: (values: number[]) => number[]) =>
    Object.fromEntries(Object.entries(start).map(([name, values]) => [prefix + name, make(values)]));
  const zeros = (values: number[]) => values.map(() => 0);
  let state: Numbers = { ...of('', (v) => v), ...of('m/', zeros), ...of('v/', zeros), ...of('ema/', (v) => v) };
  steps.forEach((gradient, step) => {
    const rates = Object.fromEntries(
      Object.entries(ratesAt(step, given)).map(([name, value]) => [name, tf.scalar(value as number)]),
    );
    const g = tensors(gradient);
    const next = adamW(tensors(state), g, globalNorm(g), rates as never, given);
    state = Object.fromEntries(Object.entries(next).map(([name, tensor]) => [name, [...tensor.dataSync()]]));
  });
  return state;
}

/** The same by algorithm 2 of Loshchilov and Hutter 2019, number by number. */
function byHand({ betas: [b1, b2], weightDecay, ...rest }: OptimizerOptions): Numbers {
  const state: Numbers = {};
  for (const [name, values] of Object.entries(start)) {
    const decay = name === 'out.weight' ? weightDecay : 0;
    const done = values.map((value, i) => {
      let [w, m, v, ema] = [value, 0, 0, value];
      gradients.forEach((gradient, t) => {
        const g = gradient[name]![i]!;
        const rate = (rest.peakLearningRate * (t + 1)) / rest.warmupSteps;
        m = b1 * m + (1 - b1) * g;
        v = b2 * v + (1 - b2) * g * g;
        const update = m / (1 - b1 ** (t + 1)) / (Math.sqrt(v / (1 - b2 ** (t + 1))) + 1e-8);
        w = w - rate * (update + decay * w);
        const share = Math.min(rest.emaDecay, (1 + t) / (10 + t));
        ema = share * ema + (1 - share) * w;
      });
      return { w, m, v, ema };
    });
    state[name] = done.map(({ w }) => w);
    state[`m/${name}`] = done.map(({ m }) => m);
    state[`v/${name}`] = done.map(({ v }) => v);
    state[`ema/${name}`] = done.map(({ ema }) => ema);
  }
  return state;
}

describe('AdamW', () => {
  it('gives the numbers of three steps computed by hand; only matrices decay, the embedding does not', () => {
    const [got, expected] = [run(options), byHand(options)];
    expect(Object.keys(got)).to.have.members(Object.keys(expected));
    for (const [name, values] of Object.entries(expected))
      values.forEach((value, i) => expect(got[name]![i], `${name}[${i}]`).to.be.closeTo(value, 2e-6));
  });

  it('moves every number by the learning rate in the first step, thanks to bias correction', () => {
    const state = run({ ...options, weightDecay: 0 }, gradients.slice(0, 1));
    const rate = options.peakLearningRate / options.warmupSteps;
    expect(state['out.weight']![0]).to.be.closeTo(1 - rate, 1e-6);
    expect(state['out.weight']![1]).to.be.closeTo(-2 + rate, 1e-6);
    expect(state['embedding']![0]).to.be.closeTo(2 + rate, 1e-6);
    expect(state['out.bias']![1], 'a number without gradient').to.equal(0.25);
  });

  it('clips the global norm of the gradient', () => {
    const gradient = { 'out.weight': [3, 0], 'out.bias': [0, 4], embedding: [0, 12] };
    expect(globalNorm(tensors(gradient)).dataSync()[0]).to.be.closeTo(13, 1e-5);
    const clipped = run({ ...options, clipNorm: 1 }, [gradient]);
    expect(clipped['m/out.weight']![0]).to.be.closeTo((0.1 * 3) / 13, 1e-6);
    expect(clipped['m/embedding']![1]).to.be.closeTo((0.1 * 12) / 13, 1e-6);
    const free = run({ ...options, clipNorm: 14 }, [gradient]);
    expect(free['m/embedding']![1], 'a gradient below it does not change').to.be.closeTo(1.2, 1e-6);
  });

  it('keeps a mean of the weights that follows them quickly at first', () => {
    expect(ratesAt(0, { ...options, emaDecay: 0.999 }).emaDecay).to.equal(0.1);
    expect(ratesAt(90, { ...options, emaDecay: 0.999 }).emaDecay).to.equal(0.91);
    expect(ratesAt(1e6, { ...options, emaDecay: 0.999 }).emaDecay).to.equal(0.999);
  });
});

describe('the learning rate', () => {
  const rates = Array.from({ length: options.steps }, (_, step) => learningRate(step, options));

  it('rises linearly to the peak at the end of the warm-up', () => {
    for (let step = 0; step < 10; step++) expect(rates[step]).to.be.closeTo((0.01 * (step + 1)) / 10, 1e-12);
    expect(Math.max(...rates)).to.equal(0.01);
  });

  it('falls along a half-cosine to 0 at the end', () => {
    for (let step = 11; step < 100; step++) expect(rates[step]).to.be.below(rates[step - 1]!);
    expect(learningRate(55, options)).to.be.closeTo(0.005, 1e-12);
    expect(learningRate(100, options)).to.be.closeTo(0, 1e-12);
    expect(rates[99])
      .to.be.above(0)
      .and.below(1e-4 * 0.1);
  });

  it('starts at the peak without a warm-up', () => {
    expect(learningRate(0, { ...options, warmupSteps: 0 })).to.equal(0.01);
  });
});
