import type { Tensor } from '@tensorflow/tfjs-core';
import { keyOf, normal, split } from '../lib/base/random.js';
import { attention, gelu, layerNorm, tf, weightProduct } from '../lib/engine/index.js';
import type { HostTensor, HostTensors, Tensors } from '../lib/engine/types.js';
import { classes, classifierSize, denoiserSize, embeddingWidth, length, type NetworkSize, vocabulary } from './sizes.js';

// The networks of the comparison, written once more in peers/torch_peer.py. Names of the parameters are shared.

type Shapes = Record<string, number[]>;

const EPSILON = 1e-5;

function blockShapes(name: string, { width, inner }: NetworkSize): Shapes {
  return {
    [`${name}.gamma1`]: [width],
    [`${name}.beta1`]: [width],
    [`${name}.qkv`]: [width, 3 * width],
    [`${name}.out`]: [width, width],
    [`${name}.gamma2`]: [width],
    [`${name}.beta2`]: [width],
    [`${name}.up`]: [width, inner],
    [`${name}.upBias`]: [inner],
    [`${name}.down`]: [inner, width],
    [`${name}.downBias`]: [width],
  };
}

function trunkShapes(size: NetworkSize): Shapes {
  const blocks = Array.from({ length: size.layers }, (_, i) => blockShapes(`block${i}`, size));
  const ends = { in: [embeddingWidth, size.width], position: [length, size.width], gamma: [size.width], beta: [size.width] };
  return Object.assign(ends, ...blocks) as Shapes;
}

export const denoiserShapes: Shapes = {
  ...trunkShapes(denoiserSize),
  time1: [denoiserSize.width, denoiserSize.width],
  time2: [denoiserSize.width, denoiserSize.width],
  last: [denoiserSize.width, embeddingWidth],
};

export const trainedShapes: Shapes = {
  ...denoiserShapes,
  embedding: [vocabulary, embeddingWidth],
  unembedding: [embeddingWidth, vocabulary],
};

export const classifierShapes: Shapes = { ...trunkShapes(classifierSize), last: [classifierSize.width, classes] };

/** Weights of the usual sizes: gains about one, matrices scaled to keep the variance. */
export function randomWeights(shapes: Shapes, label: string): HostTensors {
  const weights: Record<string, HostTensor> = {};
  for (const [name, shape] of Object.entries(shapes)) {
    const size = shape.reduce((a, b) => a * b, 1);
    const scale = shape.length === 1 ? 0.02 : 1 / Math.sqrt(shape[0]!);
    const centre = name.includes('gamma') ? 1 : 0;
    const data = normal(split(keyOf(1), label, name), size).map((value) => centre + scale * value);
    weights[name] = { dtype: 'float32', shape, data };
  }
  return weights;
}

/**
 * Flattened to two dimensions, so that the gradient of the weights is one matrix product. The bias is added in the shape of x:
 * to the product itself onnxruntime would add it by spreading it over a whole matrix first, in one thread.
 */
function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const flat = weightProduct(tf.reshape(x, [-1, weight.shape[0]!]), weight);
  const y = tf.reshape(flat, [...x.shape.slice(0, -1), weight.shape[1]!]);
  return bias === undefined ? y : tf.add(y, bias);
}

function block(p: Tensors, name: string, x: Tensor, heads: number): Tensor {
  const of = (part: string) => p[`${name}.${part}`]!;
  const normal = layerNorm(x, of('gamma1'), of('beta1'), EPSILON);
  // the weights are split, not what is computed with them: they are smaller, and in sampling split once
  const [q, k, v] = tf.split(of('qkv'), 3, -1).map((weight) => linear(normal, weight)) as [Tensor, Tensor, Tensor];
  const y = tf.add(x, linear(attention(q, k, v, heads), of('out')));
  const inner = gelu(linear(layerNorm(y, of('gamma2'), of('beta2'), EPSILON), of('up'), of('upBias')));
  return tf.add(y, linear(inner, of('down'), of('downBias')));
}

function trunk(p: Tensors, x: Tensor, { layers, heads }: NetworkSize): Tensor {
  let h = x;
  for (let i = 0; i < layers; i++) h = block(p, `block${i}`, h, heads);
  return layerNorm(h, p['gamma']!, p['beta']!, EPSILON);
}

/** Sines and cosines of the time (Vaswani et al. 2017), [B] to [B, width]. */
function timeFeatures(time: Tensor, width: number): Tensor {
  const half = width / 2;
  const frequencies = tf.tensor2d(
    Array.from({ length: half }, (_, i) => Math.exp((-Math.log(10000) * i) / half)),
    [1, half],
  );
  const angles = tf.mul(tf.mul(tf.reshape(time, [-1, 1]), 1000), frequencies);
  return tf.concat([tf.sin(angles), tf.cos(angles)], 1);
}

const silu = (x: Tensor): Tensor => tf.mul(x, tf.sigmoid(x));

/** x [B, L, D] and time [B] to [B, L, D]. */
export function denoise(p: Tensors, x: Tensor, time: Tensor): Tensor {
  const level = linear(silu(linear(timeFeatures(time, denoiserSize.width), p['time1']!)), p['time2']!); // [B, width]
  const h = tf.add(tf.add(linear(x, p['in']!), p['position']!), tf.expandDims(level, 1));
  return linear(trunk(p, h, denoiserSize), p['last']!);
}

/** The sum over the batch of log p(class 1), for x [B, L, D]. */
export function classLogProb(p: Tensors, x: Tensor): Tensor {
  const h = trunk(p, tf.add(linear(x, p['in']!), p['position']!), classifierSize);
  const logits = linear(tf.mean(h, 1), p['last']!); // [B, classes]
  return tf.sum(tf.slice(tf.logSoftmax(logits), [0, 1], [-1, 1]));
}

/** Mean squared error of predicted x_0 plus the cross-entropy of the tokens. */
export function diffusionLoss(p: Tensors, ids: Tensor, time: Tensor, noise: Tensor): Tensor {
  const flat = tf.reshape(ids, [-1]);
  const x0 = tf.reshape(tf.gather(p['embedding']!, flat), noise.shape); // [B, L, D]
  const column = (x: Tensor) => tf.reshape(x, [-1, 1, 1]);
  const x = tf.add(tf.mul(column(tf.sqrt(tf.sub(1, time))), x0), tf.mul(column(tf.sqrt(time)), noise));
  const predicted = denoise(p, x, time);
  const logits = linear(tf.reshape(predicted, [-1, embeddingWidth]), p['unembedding']!); // [B L, V]
  const chosen = tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(flat, vocabulary)), -1);
  return tf.sub(tf.mean(tf.squaredDifference(predicted, x0)), tf.mean(chosen));
}
