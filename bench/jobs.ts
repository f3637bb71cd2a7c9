import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../lib/engine/index.js';
import type { Device, GraphFunction, HostTensor, HostTensors, TensorSpec } from '../lib/engine/types.js';
import { keyOf, normal, split } from '../lib/base/random.js';
import {
  classifierShapes,
  classLogProb,
  denoise,
  denoiserShapes,
  diffusionLoss,
  randomWeights,
  trainedShapes,
} from './models.js';
import { adam, batch, embeddingWidth, length, positions, vocabulary } from './sizes.js';

export const jobNames = ['forward', 'classifier gradient', 'training step'] as const;
export type JobName = (typeof jobNames)[number];

/** The same inputs for every engine. */
export const data: HostTensors = {
  x: latents('x'),
  noise: latents('noise'),
  time: { dtype: 'float32', shape: [batch], data: Float32Array.from({ length: batch }, (_, i) => (i + 0.5) / batch) },
  ids: {
    dtype: 'int32',
    shape: [batch, length],
    data: Int32Array.from({ length: positions }, (_, i) => (i * 7919) % vocabulary),
  },
};

function latents(label: string): HostTensor {
  return {
    dtype: 'float32',
    shape: [batch, length, embeddingWidth],
    data: normal(split(keyOf(1), label), positions * embeddingWidth),
  };
}

export const weights: Record<JobName, HostTensors> = {
  forward: randomWeights(denoiserShapes, 'denoiser'),
  'classifier gradient': randomWeights(classifierShapes, 'classifier'),
  'training step': randomWeights(trainedShapes, 'trained'),
};

/** Does the job once and gives the numbers by which engines are compared. */
export type Job = () => Promise<Float32Array>;

const spec = (name: string): TensorSpec => ({ name, shape: data[name]!.shape, dtype: data[name]!.dtype });
const chosen = (...names: string[]): HostTensors => Object.fromEntries(names.map((name) => [name, data[name]!]));

export async function deviceJobs(device: Device): Promise<Record<JobName, Job>> {
  const forward = await device.compile(
    ({ x, time, ...p }) => ({ y: denoise(p, x!, time!) }),
    [spec('x'), spec('time')],
    weights.forward,
  );
  const gradient = await device.compile(
    ({ x, ...p }) => ({ y: tf.grad((z: Tensor) => classLogProb(p, z))(x!) }),
    [spec('x')],
    weights['classifier gradient'],
  );
  return {
    forward: async () => (await forward.run(chosen('x', 'time')))['y']!.data as Float32Array,
    'classifier gradient': async () => (await gradient.run(chosen('x')))['y']!.data as Float32Array,
    'training step': await trainingJob(device),
  };
}

/** AdamW steps on one batch, one after the other; parameters and moments stay on the device. */
async function trainingJob(device: Device): Promise<Job> {
  const names = Object.keys(trainedShapes);
  const initial: Record<string, HostTensor> = {};
  for (const [name, { shape, data: values }] of Object.entries(weights['training step'])) {
    initial[`p/${name}`] = { dtype: 'float32', shape, data: values };
    for (const part of ['m', 'v'])
      initial[`${part}/${name}`] = { dtype: 'float32', shape, data: new Float32Array(values.length) };
  }
  const state = device.state(initial);
  const inputs = [spec('ids'), spec('time'), spec('noise'), { name: 'step', shape: [] }];
  const held = Object.entries(initial).map(([name, { shape }]) => ({ name, shape }));
  const program = await device.compile(adamStep(names), [...inputs, ...held]);
  let step = 0;
  return async () => {
    const feeds = {
      ...chosen('ids', 'time', 'noise'),
      step: { dtype: 'float32' as const, shape: [], data: Float32Array.of(++step) },
    };
    return (await program.run(feeds, { state }))['loss']!.data as Float32Array;
  };
}

/**
 * One step of AdamW (Loshchilov and Hutter 2019). The moments are kept as m / (1 - beta1) and v / (1 - beta2), and all that is
 * the same for every number is worked out once, so that fewer passes over the numbers are left.
 */
function adamStep(names: readonly string[]): GraphFunction {
  const { beta1, beta2, epsilon, weightDecay, rate } = adam;
  return ({ ids, time, noise, step, ...state }) => {
    const parameters = names.map((name) => state[`p/${name}`]!);
    const lossOf = (...tensors: Tensor[]) =>
      diffusionLoss(Object.fromEntries(names.map((name, i) => [name, tensors[i]!])), ids!, time!, noise!).asScalar();
    const { value, grads } = tf.valueAndGrads(lossOf)(parameters);
    const correction = (beta: number) => tf.div(tf.sub(1, tf.exp(tf.mul(step!, Math.log(beta)))), 1 - beta);
    const perMove = tf.div(correction(beta1), rate); // []
    const perRoot = tf.div(perMove, tf.sqrt(correction(beta2))); // []
    const outputs: Record<string, Tensor> = { loss: value };
    names.forEach((name, i) => {
      const m = tf.add(tf.mul(state[`m/${name}`]!, beta1), grads[i]!);
      const v = tf.add(tf.mul(state[`v/${name}`]!, beta2), tf.square(grads[i]!));
      const move = tf.div(m, tf.add(tf.mul(tf.sqrt(v), perRoot), tf.mul(perMove, epsilon)));
      outputs[`p/${name}`] = tf.sub(tf.mul(parameters[i]!, 1 - rate * weightDecay), move);
      Object.assign(outputs, { [`m/${name}`]: m, [`v/${name}`]: v });
    });
    return outputs;
  };
}
