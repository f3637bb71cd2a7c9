import type { NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { plainAxes, sizeOf } from '../shapes.js';
import { tf } from '../tf.js';
import { type Gradients, linearMap, throughResult, unary } from './gradient.js';

const axesOf = (x: Tensor, axis: unknown): number[] => plainAxes(axis as number | number[] | null | undefined, x.rank);

/** Returns the result of a reduction of x, or its gradient, with the reduced dimensions kept at size 1. */
const kept = (y: Tensor, x: Tensor, axes: readonly number[]): Tensor =>
  tf.reshape(y, x.shape.map((dim, i) => (axes.includes(i) ? 1 : dim))); // prettier-ignore

/** Passes dy to each element of a sum. */
const spread = (dy: Tensor, x: Tensor, axes: readonly number[]): Tensor => tf.mul(kept(dy, x, axes), tf.ones(x.shape));

/** Passes dy to the elements that equal the largest or smallest one. */
const extremum = (axisAttribute: string) => ({
  inputsToSave: ['x'],
  outputsToSave: [true],
  gradFunc(gradient: Tensor | Tensor[], saved: Tensor[], attributes: NamedAttrMap) {
    const [dy, x, y] = [gradient, ...saved] as [Tensor, Tensor, Tensor];
    const axes = axesOf(x, attributes[axisAttribute]);
    return { x: () => tf.mul(kept(dy, x, axes), tf.cast(tf.equal(x, kept(y, x, axes)), dy.dtype)) };
  },
});

/** Returns dy times the product of all other elements, those before times those after: no division, since an element may be zero. */
function productGradient(dy: Tensor, x: Tensor, axis: unknown): Tensor {
  const axes = axesOf(x, axis);
  const others = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const order = [...others, ...axes];
  const last = others.length;
  const moved = tf.transpose(x, order);
  const rows = tf.reshape(moved, [...moved.shape.slice(0, last), sizeOf(moved.shape.slice(last))]); // the reduced axes as one
  const rest = tf.mul(tf.cumprod(rows, last, true, false), tf.cumprod(rows, last, true, true));
  const dx = tf.mul(tf.reshape(dy, [...rows.shape.slice(0, last), 1]), rest);
  return tf.transpose(tf.reshape(dx, moved.shape), tf.backend_util.getUndoAxesPermutation(order));
}

export const reductionGradients: Gradients = {
  Sum: unary((dy, x, { axis }) => spread(dy, x, axesOf(x, axis))),
  Mean: unary((dy, x, { axis }) => {
    const axes = axesOf(x, axis);
    return tf.div(spread(dy, x, axes), sizeOf(axes.map((i) => x.shape[i]!)));
  }),
  Prod: unary((dy, x, { axis }) => productGradient(dy, x, axis)),
  Max: extremum('reductionIndices'),
  Min: extremum('axis'),
  ArgMax: unary((_dy, x) => tf.zerosLike(x)),
  ArgMin: unary((_dy, x) => tf.zerosLike(x)),
  Softmax: throughResult(
    (x, { dim }) => tf.softmax(x, dim as number),
    (dy, y, { dim }) => {
      const product = tf.mul(dy, y);
      return tf.sub(product, tf.mul(tf.sum(product, [dim as number], true), y));
    },
    'logits',
  ),
  // The sum in the other direction; that of tfjs is right for the last axis only.
  Cumsum: linearMap((dy, { axis, exclusive, reverse }) =>
    tf.cumsum(dy, axis as number, exclusive as boolean, !(reverse as boolean)),
  ),
};
