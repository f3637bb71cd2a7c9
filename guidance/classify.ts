import { type Static, Type } from '@sinclair/typebox';
import type { Tensor } from '@tensorflow/tfjs-core';
import { inputError } from '../lib/base/errors.js';
import { nearest } from '../lib/config/index.js';
import { tokenCrossEntropy } from '../lib/diffusion/objectives.js';
import { tf } from '../lib/engine/tf.js';
import type { HostTensor, Tensors } from '../lib/engine/types.js';
import type { GuideContext, GuideFactory } from '../lib/guide/contract.js';
import type { FutureSpec } from '../lib/guide/future.js';
import type { AnnotatedRow } from '../lib/text/types.js';
import { pooledLogits, poolingParams } from './parts/pooling.js';

const options = Type.Object({
  label: Type.String({ minLength: 1, description: 'One of the labels that the classifier was trained on.' }),
});

type Options = Static<typeof options>;

/** The text belongs to a class of a labelled corpus. */
export default {
  name: 'classify',
  summary: 'The text belongs to a class of your own labelled corpus.',
  options,
  example: { label: 'spring' },
  places: ['gradient', 'x0-gradient'],
  classifier: {
    learnsFrom: ['label'],
    classes: labelsIn,
    outputs: (width, classes) => poolingParams(width, classes.length),
    labels: (row, _, classes) => ({ label: { dtype: 'int32', shape: [], data: Int32Array.of(classes.indexOf(labelOf(row))) } }),
    loss: (states, { label }, weights) => tf.mean(tokenCrossEntropy(pooledLogits(states, weights), label!)),
  },
  check({ label }, { classes }) {
    if (classes.includes(label)) return [];
    const meant = nearest(label, classes);
    const help = meant === undefined ? '' : `, did you mean "${meant}"?`;
    return [{ path: '/label', message: `expected a label of the training rows (${classes.join(', ')}), got "${label}"${help}` }];
  },
  create: (context) => byClassifier(context),
} satisfies GuideFactory<Options>;

/** The label of the text, asked after each prefix. */
export const future: FutureSpec<Options> = {
  learnsFrom: ['label'],
  classes: labelsIn,
  questions: (_, classes) => [classes.length],
  answers(row, { maxTokens }, classes) {
    const answer = classes.indexOf(labelOf(row));
    return Int32Array.from({ length: maxTokens }, (_, position) => (position <= row.words.length + 1 ? answer : -1));
  },
  asks({ label }, _position, _model, classes) {
    const at = classes.indexOf(label);
    if (at < 0) throw inputError('label', `expected one of ${classes.join(', ')}, got "${label}"`);
    return [[at]];
  },
};

const labelOf = ({ fields }: AnnotatedRow): string => (fields['label'] ?? '').trim();

function labelsIn(rows: readonly AnnotatedRow[]): string[] {
  const labels = [...new Set(rows.map(labelOf))].sort();
  if (labels[0] === '') throw inputError('label', 'expected a label in each row that has a text, found a row without one');
  if (labels.length < 2)
    throw inputError('label', `expected at least two labels to tell apart, found ${labels.join(', ') || 'none'}`);
  return labels;
}

/** Steers by log p(label | latents). */
function byClassifier({ tf, via, classes, states }: GuideContext) {
  return {
    via: via as 'gradient' | 'x0-gradient',
    encode(rows: readonly (Options | null)[]): Record<string, HostTensor> {
      const shape = [rows.length];
      return {
        label: { dtype: 'int32', shape, data: Int32Array.from(rows, (row) => (row ? classes.indexOf(row.label) : 0)) },
        asked: { dtype: 'float32', shape, data: Float32Array.from(rows, (row) => (row ? 1 : 0)) },
      };
    },
    logProb(z: Tensor, { time }: { time: Tensor }, { label, asked }: Tensors, weights: Tensors): Tensor {
      const logits = pooledLogits(states(weights, z, time), weights); // [B, labels]
      return tf.neg(tf.mul(tokenCrossEntropy(logits, label!), asked!)); // [B]
    },
  };
}
