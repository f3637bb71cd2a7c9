import type { Tensor } from '@tensorflow/tfjs';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { builtInGuides } from '../guidance/index.js';
import { checkConfig } from '../lib/config/index.js';
import { tf } from '../lib/engine/index.js';
import type { Device, HostTensors } from '../lib/engine/types.js';
import { keyOf, normal, split } from '../lib/random.js';
import { prepareRun } from '../lib/run/generate.js';
import { makeGuides } from '../lib/run/guides.js';
import { levelsOf } from '../lib/run/levels.js';
import { canvasFactors } from '../lib/sampler/factors.js';
import type { GradientGuide, StepState } from '../lib/sampler/guide.js';
import { createSampler } from '../lib/sampler/sample.js';

const STEPS = 100;
const ROWS = 32;

export interface SamplingTimes {
  /** Medians in ms of STEPS reverse steps of ROWS texts, and of as many bare runs of the networks. */
  readonly unguided: number;
  readonly forwards: number;
  readonly guided: number;
  readonly gradients: number;
  /** From the start of a process to its first reverse step, ms. */
  readonly startUp: number;
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
  const startUps = Array.from({ length: 3 }, () => startUp(model));
  const of = (name: keyof typeof jobs) => median(times[name]);
  return {
    unguided: of('unguided'),
    forwards: of('forwards'),
    guided: of('guided'),
    gradients: of('gradients'),
    startUp: median(startUps),
  };
}

async function samplingJobs(device: Device, model: string) {
  const unguided = await samplerJob(device, model, []);
  const guided = await samplerJob(device, model, [
    { guide: 'pos', via: 'gradient', tags: ['DET', 'NOUN', 'AUX', 'ADJ', 'PUNCT'], window: [0, 1] },
  ]);
  const { checkpoint, plan } = await prepare(model, [
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
  const { latent } = await makeGuides(plan.clauses, checkpoint);
  const { guide, weights, options } = latent[0]!;
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
    gradients: () => times(3 * STEPS, () => gradient.run({ x, time, ...feeds })),
  };
}

/** STEPS steps of a batch, guided or not. */
async function samplerJob(device: Device, model: string, guidance: readonly unknown[]): Promise<() => Promise<void>> {
  const { config, checkpoint, plan } = await prepare(model, guidance);
  const { maxTokens, embeddingWidth, vocabularySize } = checkpoint.config;
  const { latent } = await makeGuides(plan.clauses, checkpoint);
  const sampler = createSampler(device, {
    denoiser: checkpoint.denoiser,
    weights: checkpoint.weights,
    size: { rows: ROWS, maxTokens, embeddingWidth, vocabularySize },
    levels: levelsOf(config, checkpoint.config, 'bench'),
    temperature: config.sampler.temperature,
    clamp: false,
    steering: config.steering,
    guides: latent,
  });
  const one = canvasFactors(maxTokens, checkpoint.tokenizer.vocabulary);
  const factors = new Float32Array(ROWS * one.length);
  for (let i = 0; i < ROWS; i++) factors.set(one, i * one.length);
  const draw = (label: string | number) => normal(split(keyOf(1), label), ROWS * maxTokens * embeddingWidth);
  const guideInputs = latent.map(({ guide, options, weight }) => ({
    ...guide.encode(Array.from({ length: ROWS }, () => options[0])),
    weight: { dtype: 'float32' as const, shape: [], data: Float32Array.of(weight) },
  }));
  return async () => void (await sampler.sample({ start: draw('start'), noiseAt: draw, factors, guideInputs }));
}

function prepare(model: string, guidance: readonly unknown[]) {
  const config = checkConfig('generate', { model, guidance, sampler: { steps: STEPS }, output: 'runs/bench' });
  return prepareRun(config, builtInGuides, 'bench');
}

/** Milliseconds that a process takes to load the model, trace the graph and do one reverse step. */
function startUp(model: string): number {
  const { stdout } = spawnSync(process.execPath, [fileURLToPath(new URL('start-up.js', import.meta.url)), model], {
    encoding: 'utf8',
  });
  return Number(stdout);
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1] ?? NaN;

/** The bars as lines of Markdown. */
export function samplingReport({ unguided, forwards, guided, gradients, startUp }: SamplingTimes, rounds: number): string {
  const line = (what: string, ms: number, peer: string, peerMs: number) =>
    `| ${what} | ${ms.toFixed(0)} | ${peer} | ${peerMs.toFixed(0)} | ${(ms / peerMs).toFixed(2)} |`;
  return [
    `| ${STEPS} reverse steps of ${ROWS} texts | ms | bare runs of the networks | ms | ratio |`,
    '| --- | --- | --- | --- | --- |',
    line('unguided', unguided, `${STEPS} forwards`, forwards),
    line('pos by gradient, K = 3', guided, `${STEPS} forwards and ${3 * STEPS} classifier gradients`, forwards + gradients),
    '',
    `Medians of ${rounds} rounds in turns, after a warm-up. From the start of a process to its first reverse step: ${(startUp / 1000).toFixed(2)} s.`,
    '',
  ].join('\n');
}
