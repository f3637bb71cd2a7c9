import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keyOf } from '../../lib/base/random.js';
import { openDevice, tf } from '../../lib/engine/index.js';
import { progressOf } from '../../lib/train/early-stop.js';
import { readLog } from '../../lib/train/log.js';
import { layerFactors } from '../../lib/train/optimizer.js';
import { runTraining, type TrainingJob } from '../../lib/train/session.js';
import { rateSpecs, stateSpecs, trainingStep } from '../../lib/train/step.js';
import { floats, withFolder } from '../tiny-model.js';

const base = { peakLearningRate: 0.05, warmupSteps: 2, betas: [0.9, 0.99] as const, weightDecay: 0, clipNorm: 1, emaDecay: 0.5 };

/** Runs a training whose validation has given means, measured at every second step. */
async function train(folder: string, means: readonly number[], patience?: number) {
  const device = await openDevice('tfjs-cpu');
  const optimizer = { ...base, steps: 2 * means.length };
  const parameters = [{ name: 'w', shape: [2], init: { normal: 1 } }] as const;
  const graph = trainingStep(parameters, ({ w }) => tf.mean(tf.square(w!)), optimizer);
  const program = await device.compile(graph, [...stateSpecs(parameters), ...rateSpecs]);
  const saved: number[] = [];
  const ends: number[] = [];
  let measured = 0;
  const job: TrainingJob = {
    ...{
      folder,
      device,
      parameters,
      optimizer,
      key: keyOf(1),
      fingerprint: 'toy',
      checkpointMinutes: 1e9,
      measureEvery: 2,
      patience,
    },
    programAt: () => Promise.resolve(program),
    batchAt: () => ({}),
    measure: async (_, step) => ({ validation: { 'time 0.1': means[(measured = step / 2 - 1)]!, 'time 0.9': means[measured]! } }),
    saveModel: async () => void saved.push(2 * (measured + 1)),
  };
  const trained = await runTraining(job, { onEarlyStop: (step) => void ends.push(step) });
  await device.dispose();
  return { trained, saved, ends, steps: (await readLog(join(folder, 'log.jsonl'), Infinity)).at(-1)!.step };
}

describe('an early stop', () => {
  const rising = [3, 2, 1.5, 1.6, 1.7, 1.8, 1.9];

  it('ends a training after so many measurements without a better one, and keeps the best model', () =>
    withFolder(async (folder) => {
      expect(await train(folder, rising, 2)).to.deep.equal({ trained: true, saved: [2, 4, 6], ends: [10], steps: 10 });
      const log = await readFile(join(folder, 'log.jsonl'), 'utf8');
      expect(await train(folder, rising, 2), 'it is finished').to.deep.include({ trained: false, saved: [] });
      expect(await readFile(join(folder, 'log.jsonl'), 'utf8')).to.equal(log);
    }));

  it('does not happen unless it is asked for, nor while the validation falls', () =>
    withFolder(async (folder) => {
      expect(await train(join(folder, 'a'), rising)).to.deep.equal({ trained: true, saved: [14], ends: [], steps: 14 });
      expect((await train(join(folder, 'b'), [3, 2, 1], 1)).steps).to.equal(6);
    }));

  it('counts measurements only', () => {
    const line = (step: number, nats?: number) => ({ step, ...(nats === undefined ? {} : { validation: { a: nats } }) });
    expect(progressOf([line(1), line(2, 3), line(3), line(4, 2), line(5), line(6, 2)])).to.deep.equal({ bestStep: 4, since: 1 });
    expect(progressOf([line(1)])).to.deep.equal({ bestStep: 0, since: 0 });
  });
});

describe('learning rates by layer', () => {
  const names = [
    'embedding',
    'input.weight',
    'position',
    'block0.qkv.weight',
    'block1.norm',
    'block2.up.bias',
    'output.weight',
    'time1.bias',
  ];

  it('fall from block to block, and are full for outputs and tables of words', () => {
    const factors = layerFactors(names, 0.5);
    expect(Object.fromEntries(factors)).to.deep.equal({
      ...{ embedding: 1, 'output.weight': 1, 'block2.up.bias': 1, 'block1.norm': 0.5, 'block0.qkv.weight': 0.25 },
      ...{ 'input.weight': 0.125, position: 0.125, 'time1.bias': 0.125 },
    });
    expect([...layerFactors(names).values()].every((factor) => factor === 1)).to.equal(true);
  });

  it('scale the move of a step', async () => {
    const device = await openDevice('tfjs-cpu');
    const parameters = ['block0.w', 'block1.w'].map((name) => ({ name, shape: [1], init: { normal: 1 } }) as const);
    const moves = async (layerDecay: number): Promise<number[]> => {
      const graph = trainingStep(parameters, (w) => tf.sum(tf.square(tf.concat(Object.values(w) as never))), {
        ...base,
        steps: 5,
        layerDecay,
      });
      const specs = [...stateSpecs(parameters), ...rateSpecs];
      const program = await device.compile(graph, specs);
      const rates = { learningRate: 0.01, correction1: 0.1, correction2: 0.01, emaDecay: 0.5 };
      const feeds = Object.fromEntries(
        specs.map(({ name, shape }) => [
          name,
          floats(shape, shape.length === 0 ? [rates[name.slice(5) as keyof typeof rates]] : [/^[mv]/.test(name) ? 0 : 1]),
        ]),
      );
      const out = await program.run(feeds);
      return parameters.map(({ name }) => 1 - out[name]!.data[0]!);
    };
    const [alike, decayed] = [await moves(1), await moves(0.5)];
    expect(alike[0]).to.be.closeTo(0.01, 1e-4);
    expect(decayed[1]).to.be.closeTo(alike[1]!, 1e-7);
    expect(decayed[0]).to.be.closeTo(alike[0]! / 2, 1e-5);
    await device.dispose();
  });
});
