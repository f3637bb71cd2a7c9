import { expect } from 'chai';
import { openDevice } from '../../lib/engine/index.js';
import type { Device, GraphFunction, HostTensor, HostTensors, TensorSpec } from '../../lib/engine/types.js';
import { denoiserOf } from '../../lib/model/checkpoint/checkpoint.js';
import type { ModelConfig, PaperConfig, ScoreInterpolationConfig } from '../../lib/model/denoiser/config.js';
import { keyOf, normal, split, type Key } from '../../lib/base/random.js';
import { tokenIdBatches } from '../../lib/train/batches.js';
import { objectiveOf } from '../../lib/train/objectives.js';
import { rateSpecs, stateSpecs, trainingStep } from '../../lib/train/step.js';
import { floats, freshWeights, tinyConfig, tinyPaperConfig, vocabulary } from '../tiny-model.js';

const options = {
  steps: 10,
  peakLearningRate: 1e-3,
  warmupSteps: 1,
  betas: [0.9, 0.99],
  weightDecay: 0,
  clipNorm: 1e9,
  emaDecay: 0.9,
} as const;
const rows = ['The heron waits by the pond'.split(' '), 'A quiet garden .'.split(' '), ['The', 'pond', 'sleeps']];
const batchSize = 3;

const rates = Object.fromEntries(rateSpecs.map(({ name }) => [name, floats([], [0.5])]));

const small: ScoreInterpolationConfig = { ...tinyConfig, layers: 1 };
const smallPaper: PaperConfig = { ...tinyPaperConfig, layers: 1 };

/** An objective with one of its batches. */
function caseOf(config: ModelConfig) {
  const denoiser = denoiserOf(config);
  const objective = objectiveOf(config, denoiser, { selfConditioning: 0.5 });
  const ids = tokenIdBatches({ rows, vocabulary, maxTokens: 8, batchSize }, keyOf(1))(0);
  const batch = { ids, ...objective.draw(batchSize, keyOf(2)) };
  const batchSpecs: TensorSpec[] = Object.entries(batch).map(([name, { shape, dtype }]) => ({ name, shape, dtype }));
  const weightSpecs: TensorSpec[] = denoiser.parameters.map(({ name, shape }) => ({ name, shape }));
  return { parameters: denoiser.parameters, objective, batch, batchSpecs, weightSpecs };
}

/** Initial state of a run. */
function stateFrom(weights: HostTensors): HostTensors {
  const zeros = ({ shape, data }: HostTensor) => floats(shape, new Float32Array(data.length));
  const entries = Object.entries(weights).flatMap(([name, value]): [string, HostTensor][] => [
    [name, value],
    [`ema/${name}`, value],
    [`m/${name}`, zeros(value)],
    [`v/${name}`, zeros(value)],
  ]);
  return Object.fromEntries(entries);
}

/** Outputs of the first training step. The first moments reveal the gradients. */
async function firstStep(device: Device, config: ModelConfig, weights: HostTensors, context: number) {
  const { parameters, objective, batch, batchSpecs } = caseOf(config);
  const graph = trainingStep(parameters, objective.loss, options, objective.contexts[context]!.complete);
  const program = await device.compile(graph, [...stateSpecs(parameters), ...rateSpecs, ...batchSpecs]);
  return program.run({ ...stateFrom(weights), ...rates, ...batch });
}

const moved = (weights: HostTensors, name: string, direction: Float32Array, by: number): HostTensors => {
  const { shape, data } = weights[name]!;
  return { ...weights, [name]: floats(shape, data.map((value, i) => value + by * direction[i]!)) }; // prettier-ignore
};

describe('a training step', () => {
  let device: Device;
  let fast: Device;
  before(async () => {
    device = await openDevice('tfjs-cpu');
    fast = await openDevice('onnx-cpu', { threads: 1 });
  });
  after(() => Promise.all([device.dispose(), fast.dispose()]));

  for (const config of [small, smallPaper] as ModelConfig[]) {
    it(`has the gradients of its loss, by finite differences: ${config.recipe}`, async () => {
      const weights = freshWeights(config, 3);
      const first = await firstStep(device, config, weights, 0);
      const { parameters, objective, batch, batchSpecs, weightSpecs } = caseOf(config);
      const loss: GraphFunction = (inputs) => ({
        loss: objective.loss(inputs, { ...inputs, ...objective.contexts[0]!.complete(inputs, inputs) }),
      });
      const program = await fast.compile(loss, [...weightSpecs, ...batchSpecs]);
      const lossAt = async (at: HostTensors) => (await program.run({ ...at, ...batch }))['loss']!.data[0]!;
      let squares = 0;
      for (const { name } of parameters) {
        const gradient = Array.from(first[`m/${name}`]!.data, (m) => m / (1 - options.betas[0]));
        squares += gradient.reduce((sum, g) => sum + g * g, 0);
        const direction = halfAlong(gradient, split(keyOf(4), name));
        const h = 5e-3;
        const up = await lossAt(moved(weights, name, direction, h));
        const slope = (up - (await lossAt(moved(weights, name, direction, -h)))) / (2 * h);
        const expected = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
        // The loss is rounded at 3e-7, over 2 h; the third derivative adds its share of the slope.
        expect(slope, name).to.be.closeTo(expected, 2e-4 + 0.02 * Math.abs(expected));
      }
      expect(first['gradientNorm']!.data[0]).to.be.closeTo(Math.sqrt(squares), 1e-4 * Math.sqrt(squares));
      expect(first['loss']!.data[0]).to.be.closeTo(await lossAt(weights), 1e-5);
    });
  }

  it('conditions on its own prediction, and does not differentiate through it', async () => {
    const weights = freshWeights(small, 3);
    const once = await firstStep(fast, small, weights, 1);
    const { parameters, objective, batch, batchSpecs } = caseOf(small);
    const first = await fast.compile((inputs) => objective.contexts[1]!.complete(inputs, inputs), batchSpecs, weights);
    const { previousX0 } = await first.run(batch);
    expect(previousX0!.data.some((value) => Math.abs(value) > 0.1)).to.equal(true);
    // The same prediction fed as a constant.
    const constant = await fast.compile(trainingStep(parameters, objective.loss, options), [
      ...stateSpecs(parameters),
      ...rateSpecs,
      ...batchSpecs,
      { name: 'previousX0', shape: previousX0!.shape },
    ]);
    const fed = await constant.run({ ...stateFrom(weights), ...rates, ...batch, previousX0: previousX0! });
    for (const { name } of parameters) {
      fed[`m/${name}`]!.data.forEach((m, i) => expect(once[`m/${name}`]!.data[i], `${name}[${i}]`).to.be.closeTo(m, 1e-6));
    }
  });

  it('writes the next value of every tensor of the state', async () => {
    const out = await firstStep(device, small, freshWeights(small), 0);
    const names = stateSpecs(denoiserOf(small).parameters).map(({ name }) => name);
    expect(Object.keys(out)).to.have.members([...names, 'loss', 'gradientNorm']);
  });
});

/** A direction of length at most 1, half along the gradient, half random: the slope is not small, and an error in any direction shows. */
function halfAlong(gradient: readonly number[], key: Key): Float32Array {
  const length = Math.hypot(...gradient) || 1;
  const noise = normal(key, gradient.length);
  const size = Math.hypot(...noise);
  return Float32Array.from(gradient, (g, i) => (g / length + noise[i]! / size) / 2);
}
