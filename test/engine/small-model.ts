import type { Tensor } from '@tensorflow/tfjs-core';
import { attention, gelu, layerNorm, tf } from '../../lib/engine/index.js';
import type { GraphFunction, HostTensor, HostTensors, Tensors, TensorSpec } from '../../lib/engine/types.js';
import { keyOf, normal, split } from '../../lib/base/random.js';

const [batch, length, width, heads, vocabulary] = [3, 5, 8, 2, 11];

const parameterShapes: Record<string, number[]> = {
  embedding: [vocabulary, width],
  gamma: [width],
  beta: [width],
  qkv: [width, 3 * width],
  up: [width, 2 * width],
  upBias: [2 * width],
  down: [2 * width, width],
};

function linear(x: Tensor, weight: Tensor): Tensor {
  const flat = tf.reshape(x, [-1, x.shape.at(-1)!]);
  return tf.reshape(tf.matMul(flat, weight), [...x.shape.slice(0, -1), weight.shape[1]!]);
}

/** The cross-entropy of tied logits after one transformer block. */
function loss(p: Tensors, ids: Tensor, noise: Tensor): Tensor {
  const flatIds = tf.reshape(ids, [-1]);
  const x = tf.add(tf.reshape(tf.gather(p['embedding']!, flatIds), [batch, length, width]), noise);
  const normed = layerNorm(x, p['gamma']!, p['beta']!, 1e-5);
  const [q, k, v] = tf.split(linear(normed, p['qkv']!), 3, -1) as [Tensor, Tensor, Tensor];
  const y = tf.add(x, attention(q, k, v, heads));
  const z = tf.add(y, linear(gelu(tf.add(linear(y, p['up']!), p['upBias']!)), p['down']!));
  const logits = tf.matMul(tf.reshape(z, [-1, width]), p['embedding']!, false, true);
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(flatIds, vocabulary)), -1)));
}

/** One AdamW step (Loshchilov and Hutter 2019): parameters p/NAME and moments m/NAME, v/NAME in and out. */
export const trainStep: GraphFunction = ({ ids, noise, step, ...state }) => {
  const names = Object.keys(parameterShapes);
  const parameters = names.map((name) => state[`p/${name}`]!);
  const named = (tensors: Tensor[]) => Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
  const { value, grads } = tf.valueAndGrads((...tensors: Tensor[]) => loss(named(tensors), ids!, noise!).asScalar())(parameters);
  const [rate, decay, beta1, beta2] = [1e-2, 1e-2, 0.9, 0.99];
  const outputs: Record<string, Tensor> = { loss: value };
  names.forEach((name, i) => {
    const m = tf.add(tf.mul(state[`m/${name}`]!, beta1), tf.mul(grads[i]!, 1 - beta1));
    const v = tf.add(tf.mul(state[`v/${name}`]!, beta2), tf.mul(tf.square(grads[i]!), 1 - beta2));
    const corrected = (x: Tensor, beta: number) => tf.div(x, tf.sub(1, tf.pow(beta, step!)));
    const move = tf.div(corrected(m, beta1), tf.add(tf.sqrt(corrected(v, beta2)), 1e-8));
    outputs[`p/${name}`] = tf.sub(tf.mul(parameters[i]!, 1 - rate * decay), tf.mul(move, rate));
    outputs[`m/${name}`] = m;
    outputs[`v/${name}`] = v;
  });
  return outputs;
};

export const trainInputs: TensorSpec[] = [
  { name: 'ids', shape: [batch, length], dtype: 'int32' },
  { name: 'noise', shape: [batch, length, width] },
  { name: 'step', shape: [] },
  ...['p', 'm', 'v'].flatMap((part) =>
    Object.entries(parameterShapes).map(([name, shape]) => ({ name: `${part}/${name}`, shape })),
  ),
];

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const floats = (label: string, shape: readonly number[], scale = 1): HostTensor => ({
  dtype: 'float32',
  shape,
  data: normal(split(keyOf(1), label), sizeOf(shape)).map((value) => value * scale),
});

export function initialState(): HostTensors {
  const tensors: Record<string, HostTensor> = {};
  for (const [name, shape] of Object.entries(parameterShapes)) {
    const centre = name === 'gamma' ? 1 : 0;
    const { data } = floats(name, shape, 0.3);
    tensors[`p/${name}`] = { dtype: 'float32', shape, data: data.map((value) => value + centre) };
    for (const part of ['m', 'v'])
      tensors[`${part}/${name}`] = { dtype: 'float32', shape, data: new Float32Array(sizeOf(shape)) };
  }
  return tensors;
}

export const trainFeeds = (step: number): Record<string, HostTensor> => ({
  ids: {
    dtype: 'int32',
    shape: [batch, length],
    data: Int32Array.from({ length: batch * length }, (_, i) => (i * 7 + step) % 4),
  },
  noise: floats(`noise ${step}`, [batch, length, width]),
  step: { dtype: 'float32', shape: [], data: Float32Array.of(step) },
});
