import type { Tensor } from '@tensorflow/tfjs-core';
import { builtInGuides } from '../guidance/index.js';
import { keyOf, normal } from '../lib/base/random.js';
import { checkConfig } from '../lib/config/index.js';
import { tf } from '../lib/engine/index.js';
import type { Device, HostTensors } from '../lib/engine/types.js';
import type { GradientGuide, StepState } from '../lib/guide/contract.js';
import { prepareRun } from '../lib/plan/prepare.js';
import { createShardContext, makeShard } from '../lib/shard/index.js';
import { median } from './measure.js';

const STEPS = 100;
const ROWS = 32;

export interface SamplingTimes {
  /** Medians in ms of STEPS reverse steps of ROWS texts, and of as many bare runs of the networks. */
  readonly unguided: number;
  readonly forwards: number;
  readonly guided: number;
  readonly gradients: number;
}

/** Times the sampler against the bare networks that it runs, in turns, on a model with a trained `pos` classifier. */
export async function timeSampling(device: Device, model: string, rounds: number): Promise<SamplingTimes> {
  const jobs = await samplingJobs(device, model);
  const times: Record<keyof typeof jobs, number[]> = { unguided: [], forwards: [], guided: [], gradients: [] };
  const names = Object.keys(jobs) as (keyof typeof jobs)[];
  for (const name of names) await jobs[name](); // warm-up
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const start = performance.now();
      await jobs[name]();
      times[name].push(performance.now() - start);
    }
  }
  const of = (name: keyof typeof jobs) => median(times[name]);
  return { unguided: of('unguided'), forwards: of('forwards'), guided: of('guided'), gradients: of('gradients') };
}

async function samplingJobs(device: Device, model: string) {
  const unguided = await textsJob(device, model, []);
  const guided = await textsJob(device, model, [
    { guide: 'pos', via: 'gradient', tags: ['DET', 'NOUN', 'AUX', 'ADJ', 'PUNCT'], window: [0, 1] },
  ]);
  const { checkpoint, guides } = await prepare(model, [
    { guide: 'pos', via: 'gradient', tags: ['DET', 'NOUN', 'AUX', 'ADJ', 'PUNCT'] },
  ]);
  const { maxTokens, embeddingWidth } = checkpoint.config;
  const latents = [ROWS, maxTokens, embeddingWidth];
  const x = { dtype: 'float32' as const, shape: latents, data: normal(keyOf(1), ROWS * maxTokens * embeddingWidth) };
  const time = { dtype: 'float32' as const, shape: [ROWS], data: new Float32Array(ROWS).fill(0.5) };
  const specs = [
    { name: 'x', shape: latents },
    { name: 'time', shape: [ROWS] },
  ];
  const forward = await device.compile(
    (inputs) => ({ x0: checkpoint.denoiser.denoise(inputs, inputs['x']!, inputs['time']!, inputs['x']!).x0 }),
    specs,
    checkpoint.weights,
  );
  const { guide, weights, options } = guides.latent[0]!;
  const feeds = (guide as GradientGuide<unknown>).encode(Array.from({ length: ROWS }, () => options[0]));
  const gradient = await device.compile(
    (inputs) => ({
      g: tf.grad((z: Tensor) =>
        tf.sum((guide as GradientGuide<unknown>).logProb(z, { time: inputs['time']! } as StepState, inputs, inputs)),
      )(inputs['x']!),
    }),
    [...specs, ...Object.entries(feeds).map(([name, { shape, dtype }]) => ({ name, shape, dtype }))],
    weights as HostTensors,
  );
  const times = async (count: number, run: () => Promise<unknown>) => {
    for (let i = 0; i < count; i++) await run();
  };
  return {
    unguided,
    forwards: () => times(STEPS, () => forward.run({ x, time })),
    guided,
    gradients: () => times(STEPS, () => gradient.run({ x, time, ...feeds })),
  };
}

/** A batch of texts in STEPS steps, guided or not, with decoding and scoring. */
async function textsJob(device: Device, model: string, guidance: readonly unknown[]): Promise<() => Promise<void>> {
  const context = createShardContext(device, await prepare(model, guidance));
  return async () => void (await makeShard(context, 0));
}

function prepare(model: string, guidance: readonly unknown[]) {
  const config = checkConfig('generate', {
    ...{ model, guidance, sampler: { steps: STEPS }, output: 'runs/bench' },
    ...{ batchSize: ROWS, samplesPerTarget: ROWS },
  });
  return prepareRun(config, builtInGuides, 'bench');
}

/** The bars as lines of Markdown. */
export function samplingReport({ unguided, forwards, guided, gradients }: SamplingTimes, rounds: number): string {
  const line = (what: string, ms: number, peer: string, peerMs: number) =>
    `| ${what} | ${ms.toFixed(0)} | ${peer} | ${peerMs.toFixed(0)} | ${(ms / peerMs).toFixed(2)} |`;
  return [
    `| ${STEPS} reverse steps of ${ROWS} texts | ms | bare runs of the networks | ms | ratio |`,
    '| --- | --- | --- | --- | --- |',
    line('unguided', unguided, `${STEPS} forwards`, forwards),
    line('pos by gradient', guided, `${STEPS} forwards and ${STEPS} classifier gradients`, forwards + gradients),
    '',
    `Medians of ${rounds} rounds in turns, after a warm-up.`,
    '',
  ].join('\n');
}
