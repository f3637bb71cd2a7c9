import type { Tensor } from '@tensorflow/tfjs-core';
import { plainAxes } from '../shapes.js';
import { tf } from '../tf.js';
import { type Gradient, type Gradients, unary } from './gradient.js';

/** Adds up the rows of dy at the indices along `axis` that they were taken from. */
function scatter(dy: Tensor, x: Tensor, indices: Tensor, axis: number): Tensor {
  const [outer, inner] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const values: Tensor = tf.reshape(dy, [...outer, indices.size, ...inner]);
  const order = [axis, ...values.shape.map((_, i) => i).filter((i) => i !== axis)];
  const ids: Tensor = tf.reshape(indices, [indices.size]);
  const sums: Tensor = tf.unsortedSegmentSum(tf.transpose(values, order), ids as Tensor<never>, x.shape[axis]!);
  return tf.transpose(sums, tf.backend_util.getUndoAxesPermutation(order));
}

const gather: Gradient = {
  inputsToSave: ['x', 'indices'],
  gradFunc(gradient, saved, attributes) {
    const [dy, x, indices] = [gradient, ...saved] as [Tensor, Tensor, Tensor];
    const [axis] = plainAxes(attributes['axis'] as unknown as number, x.rank) as [number];
    const batched = () => {
      const entries = tf.split(x, x.shape[0]!, 0);
      const parts = entries.map((entry, i) => scatter(tf.slice(dy, i, 1), entry, tf.slice(indices, i, 1), axis));
      return tf.reshape(tf.stack(parts), x.shape);
    };
    return { x: attributes['batchDims'] === 1 ? batched : () => scatter(dy, x, indices, axis), indices: () => indices };
  },
};

/** Passes the dy of each segment to the rows that were summed in it; rows with a negative id were left out. */
function spreadSegments(dy: Tensor, segmentIds: Tensor): Tensor {
  const rows = tf.gather(dy, tf.maximum(segmentIds, tf.zerosLike(segmentIds)));
  const column = tf.reshape(tf.greaterEqual(segmentIds, tf.scalar(0, 'int32')), [segmentIds.size, ...rows.shape.slice(1).map(() => 1)]); // prettier-ignore
  return tf.where(tf.logicalAnd(column, tf.ones(rows.shape, 'bool')), rows, tf.zerosLike(rows));
}

export const indexingGradients: Gradients = {
  GatherV2: gather,
  UnsortedSegmentSum: {
    inputsToSave: ['segmentIds'],
    gradFunc: (dy, [segmentIds]) => ({ x: () => spreadSegments(dy as Tensor, segmentIds!) }),
  },
  OneHot: unary((_dy, indices) => tf.zeros(indices.shape), 'indices'),
};
