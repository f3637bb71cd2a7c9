import { readFile, writeFile, appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { openDevice, tf } from '../../lib/engine/index.js';
import type { Device, HostTensor } from '../../lib/engine/types.js';
import { DiffusteerError, Interrupted } from '../../lib/base/errors.js';
import { readSafetensors } from '../../lib/model/checkpoint/safetensors.js';
import { keyOf, normal, split } from '../../lib/base/random.js';
import { readLog } from '../../lib/train/log.js';
import { runTraining, type TrainingJob } from '../../lib/train/session.js';
import { rateSpecs, stateSpecs, trainingStep } from '../../lib/train/step.js';
import { floats, withFolder } from '../tiny-model.js';
import { errorOf } from '../text/helpers.js';

const optimizer = {
  steps: 12,
  peakLearningRate: 0.05,
  warmupSteps: 2,
  betas: [0.9, 0.99],
  weightDecay: 0.01,
  clipNorm: 1,
  emaDecay: 0.9,
} as const;

/** Fits a vector to noisy observations of another one. Measures every four steps and saves only at the end. */
async function jobIn(folder: string, device: Device, changes: Partial<TrainingJob> = {}): Promise<TrainingJob> {
  const parameters = [{ name: 'w', shape: [4], init: { normal: 1 } }] as const;
  const graph = trainingStep(parameters, ({ w }, { seen }) => tf.mean(tf.squaredDifference(w!, seen!)), optimizer);
  const program = await device.compile(graph, [...stateSpecs(parameters), ...rateSpecs, { name: 'seen', shape: [4] }]);
  return {
    folder,
    device,
    parameters,
    optimizer,
    key: keyOf(1),
    fingerprint: 'toy',
    checkpointMinutes: 1e9,
    programAt: () => Promise.resolve(program),
    batchAt: (step) => ({
      seen: floats(
        [4],
        normal(split(keyOf(2), step), 4).map((noise, i) => i + noise),
      ),
    }),
    measureEvery: 4,
    measure: async (state) => ({ w: [...(await state.read(['w']))['w']!.data] }),
    saveModel: async (weights) => void (await writeFile(join(folder, 'model.json'), JSON.stringify([...weights['w']!.data]))),
    ...changes,
  };
}

/** Trains until `at` steps are done, as Ctrl-C would end it. */
async function stopAfter(at: number, job: TrainingJob): Promise<void> {
  const stop = new AbortController();
  const run = runTraining(job, { signal: stop.signal, onStep: ({ step }) => (step === at ? stop.abort() : undefined) });
  const error = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(Interrupted);
  expect((error as Error).message).to.equal(`stopped after ${at} of 12 steps; run the same command again to resume`);
}

const snapshotIn = (folder: string): string => join(folder, 'checkpoint/snapshot.safetensors');

describe('a training run', () => {
  let device: Device;
  before(async () => {
    device = await openDevice('tfjs-cpu');
  });
  after(() => device.dispose());

  /** Returns all files of a run. */
  const resultOf = async (folder: string) => ({
    snapshot: (await readFile(snapshotIn(folder))).toString('hex'),
    model: await readFile(join(folder, 'model.json'), 'utf8'),
    log: await readFile(join(folder, 'log.jsonl'), 'utf8'),
  });

  const uninterrupted = () =>
    withFolder(async (folder) => {
      expect(await runTraining(await jobIn(folder, device))).to.equal(true);
      return resultOf(folder);
    });

  it('logs the mean loss since the last line, measures, saves the running mean of the weights and draws its curves', () =>
    withFolder(async (folder) => {
      const losses: number[] = [];
      await runTraining(await jobIn(folder, device), { onStep: ({ loss }) => void losses.push(loss) });
      const log = await readLog(join(folder, 'log.jsonl'), 12);
      expect(log.map(({ step }) => step)).to.deep.equal([4, 8, 12]);
      const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
      log.forEach((line, i) => expect(line['loss']).to.be.closeTo(mean(losses.slice(4 * i, 4 * i + 4)), 1e-9));
      expect(mean(losses.slice(8))).to.be.below(mean(losses.slice(0, 4)));
      const { tensors } = await readSafetensors(snapshotIn(folder));
      expect(log.at(-1)!['w']).to.deep.equal([...tensors['w']!.data]);
      expect(JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'))).to.deep.equal([...tensors['ema/w']!.data]);
      expect([...tensors['ema/w']!.data]).to.not.deep.equal([...tensors['w']!.data]);
      expect(await readFile(join(folder, 'curves.svg'), 'utf8')).to.match(/^<svg/);
    }));

  it('that is stopped anywhere resumes to the same bytes: weights, moments, log', async () => {
    const expected = await uninterrupted();
    for (const at of [1, 4, 6, 11])
      await withFolder(async (folder) => {
        const job = await jobIn(folder, device);
        await stopAfter(at, job);
        expect(await runTraining(job)).to.equal(true);
        expect(await resultOf(folder), `stopped after ${at}`).to.deep.equal(expected);
      });
  });

  it('that is killed resumes from its last snapshot: later log lines are cut off, torn ones too', async () => {
    const expected = await uninterrupted();
    for (const torn of ['', '{"step":8,"loss":1.2', '{"step":8,"loss":9}\n{"step":', 'null\n', '\u0000\u0000'])
      await withFolder(async (folder) => {
        const job = await jobIn(folder, device);
        await stopAfter(6, job);
        await appendFile(join(folder, 'log.jsonl'), torn);
        await runTraining(job);
        expect(await resultOf(folder), `log ends in ${JSON.stringify(torn)}`).to.deep.equal(expected);
      });
  });

  it('that is finished does nothing more', () =>
    withFolder(async (folder) => {
      const job = await jobIn(folder, device);
      await runTraining(job);
      const before = await resultOf(folder);
      const neverCalled = () => expect.fail('no step is left');
      expect(await runTraining(job, { onStep: neverCalled })).to.equal(false);
      expect(await resultOf(folder)).to.deep.equal(before);
    }));

  it('refuses the snapshot of another config or network, and keeps it', () =>
    withFolder(async (folder) => {
      const job = await jobIn(folder, device);
      await stopAfter(6, job);
      const before = await readFile(snapshotIn(folder));
      const other = await errorOf(runTraining({ ...job, fingerprint: 'other' }));
      expect(other).to.contain('started with another config or other data; name another output folder');
      const parameters = [{ name: 'w', shape: [5], init: 'zeros' }] as const;
      expect(await errorOf(runTraining({ ...job, parameters }))).to.match(
        /\/m\/w: expected a tensor of shape \[5\], found \[4\]/,
      );
      expect(await readFile(snapshotIn(folder))).to.deep.equal(before);
    }));

  it('stops if the loss is not a number, and keeps the previous snapshot', () =>
    withFolder(async (folder) => {
      const broken = (batchAt: TrainingJob['batchAt']) => (step: number) => (step === 5 ? { seen: bad } : batchAt(step));
      const bad: HostTensor = floats([4], [1, NaN, 1, 1]);
      const job = await jobIn(folder, device, { checkpointMinutes: 0 });
      const error = await runTraining({ ...job, batchAt: broken(job.batchAt) }).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(DiffusteerError);
      expect((error as Error).message)
        .to.match(/the loss of step 6 is NaN and the norm of its gradient NaN \(learning rate 0\.0/)
        .and.contain('Lower optimizer.peakLearningRate');
      const { tensors, metadata } = await readSafetensors(snapshotIn(folder));
      expect(metadata['step']).to.equal('5');
      for (const [name, { data }] of Object.entries(tensors)) expect(data.every(Number.isFinite), name).to.equal(true);
      // With valid data it resumes from there.
      await runTraining(job);
      expect((await resultOf(folder)).snapshot).to.equal((await uninterrupted()).snapshot);
    }));
});
