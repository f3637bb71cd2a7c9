import type { Tensor } from '@tensorflow/tfjs-core';
import { plainAxes } from '../shapes.js';
import { tf } from '../tf.js';
import { type Gradient, type Gradients, linearMap, unary } from './gradient.js';

/** Passes each part of dy to the input that it came from. */
const parted = (parts: (dy: Tensor, inputs: readonly Tensor[], axis: number) => Tensor[]): Gradient => ({
  saveAllInputs: true,
  gradFunc: (dy, inputs, { axis }) =>
    Object.fromEntries(parts(dy as Tensor, inputs, axis as number).map((part, i) => [i, () => part])),
});

const [concat, pack] = [
  parted((dy, inputs, axis) => {
    const [along] = plainAxes(axis, inputs[0]!.shape.length) as [number];
    return tf.split(dy, inputs.map(({ shape }) => shape[along]!), along); // prettier-ignore
  }),
  parted((dy, _inputs, axis) => tf.unstack(dy, axis)),
];

/** The gradients of all outputs; tfjs passes that of a single output by itself. */
const listed = (dys: Tensor | Tensor[]): Tensor[] => [dys].flat();

/** Kernels that move elements: the gradient moves them back. */
export const shapeGradients: Gradients = {
  Reshape: unary((dy, x) => tf.reshape(dy, x.shape)),
  ExpandDims: unary((dy, input) => tf.reshape(dy, input.shape), 'input'),
  Transpose: linearMap((dy, { perm }) => tf.transpose(dy, tf.backend_util.getUndoAxesPermutation(perm as number[]))),
  // One sum. tfjs adds up a slice for each repetition, and stops at rank 4. A broadcast is a tile to tfjs.
  Tile: unary((dy, x, { reps }) => {
    const apart = x.shape.flatMap((dim, axis) => [(reps as number[])[axis]!, dim]); // repetitions and elements, in turn
    const repetitions = apart.map((_, axis) => axis).filter((axis) => axis % 2 === 0);
    return tf.reshape(tf.sum(tf.reshape(dy, apart), repetitions), x.shape);
  }),
  Slice: unary((dy, x, { begin, size }) => {
    const [starts, sizes] = tf.slice_util.parseSliceParams(x, begin as number[], size as number[]) as [number[], number[]];
    return tf.pad(dy, starts.map((start, i) => [start, x.shape[i]! - start - sizes[i]!] as [number, number])); // prettier-ignore
  }),
  PadV2: unary((dy, x, { paddings }) => tf.slice(dy, (paddings as [number, number][]).map(([before]) => before), x.shape)), // prettier-ignore
  Reverse: linearMap((dy, { dims }) => tf.reverse(dy, plainAxes(dims as number | number[] | undefined, dy.rank))),
  Concat: concat!,
  Pack: pack!,
  SplitV: { gradFunc: (dys, _saved, { axis }) => ({ x: () => tf.concat(listed(dys), axis as number) }) },
  Unpack: { gradFunc: (dys, _saved, { axis }) => ({ value: () => tf.stack(listed(dys), axis as number) }) },
};
