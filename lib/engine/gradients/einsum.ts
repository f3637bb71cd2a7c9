import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { DiffusteerError } from '../../base/errors.js';
import { tf } from '../tf.js';

/**
 * The gradient of tf.einsum, which tfjs lacks, for one or two operands (tfjs itself takes no more): the gradient of an operand is
 * the product of dy with the other one, summed to the operand's labels.
 */
export const einsumGradient: GradConfig = {
  kernelName: 'Einsum',
  saveAllInputs: true,
  gradFunc(dy, operands, { equation }) {
    const [left, output] = (equation as string).replace(/\s/g, '').split('->') as [string, string];
    const terms = left.split(',');
    if (terms.some((labels) => new Set(labels).size < labels.length))
      throw new DiffusteerError(
        `no gradient of tf.einsum("${equation as string}"): a label stands twice in one operand; use tf.mul with an identity matrix first`,
      );
    const gradients: ReturnType<GradConfig['gradFunc']> = {};
    operands.forEach((operand, i) => {
      const others = terms.map((labels, k) => ({ labels, tensor: operands[k]! })).filter((_, k) => k !== i);
      gradients[i] = () =>
        operandGradient({ labels: terms[i]!, tensor: operand }, [{ labels: output, tensor: dy as Tensor }, ...others]);
    });
    return gradients;
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
