import type { Tensor } from '@tensorflow/tfjs-core';
import { DiffusteerError } from '../../base/errors.js';
import { tf } from '../tf.js';
import { type Gradient, type Gradients, summedTo } from './gradient.js';

/** Sums over broadcast batch dimensions, which tfjs leaves as they are. */
const batchMatMul: Gradient = {
  inputsToSave: ['a', 'b'],
  gradFunc(gradient, saved, { transposeA, transposeB }) {
    const [dy, a, b] = [gradient, ...saved] as [Tensor, Tensor, Tensor];
    const da = () => (transposeA ? tf.matMul(b, dy, !!transposeB, true) : tf.matMul(dy, b, false, !transposeB));
    const db = () => (transposeB ? tf.matMul(dy, a, true, !!transposeA) : tf.matMul(a, dy, !transposeA, false));
    return { a: () => summedTo(da(), a.shape), b: () => summedTo(db(), b.shape) };
  },
};

/**
 * The gradient of tf.einsum, which tfjs lacks, for one or two operands (tfjs itself takes no more): the gradient of an operand is
 * the product of dy with the other one, summed to the operand's labels.
 */
const einsum: Gradient = {
  saveAllInputs: true,
  gradFunc(dy, operands, { equation }) {
    const [left, output] = (equation as string).replace(/\s/g, '').split('->') as [string, string];
    const terms = left.split(',');
    if (terms.some((labels) => new Set(labels).size < labels.length))
      throw new DiffusteerError(
        `no gradient of tf.einsum("${equation as string}"): a label occurs twice in one operand; use tf.mul with an identity matrix first`,
      );
    const gradientOf = (i: number) => {
      const others = terms.map((labels, k) => ({ labels, tensor: operands[k]! })).filter((_, k) => k !== i);
      return operandGradient({ labels: terms[i]!, tensor: operands[i]! }, [{ labels: output, tensor: dy as Tensor }, ...others]);
    };
    return Object.fromEntries(operands.map((_, i) => [i, () => gradientOf(i)]));
  },
};

interface Labelled {
  readonly labels: string;
  readonly tensor: Tensor;
}

function operandGradient(operand: Labelled, factors: readonly Labelled[]): Tensor {
  const known = new Set(factors.flatMap(({ labels }) => [...labels]));
  const kept = [...operand.labels].filter((label) => known.has(label)); // the others were summed away: every element counts once
  const equation = `${factors.map(({ labels }) => labels).join(',')}->${kept.join('')}`;
  const product = tf.einsum(equation, ...factors.map(({ tensor }) => tensor));
  const shape = [...operand.labels].map((label, axis) => (known.has(label) ? operand.tensor.shape[axis]! : 1));
  return tf.broadcastTo(tf.reshape(product, shape), operand.tensor.shape);
}

export const contractionGradients: Gradients = { BatchMatMul: batchMatMul, Einsum: einsum };
