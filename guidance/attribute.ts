import { type Static, Type } from '@sinclair/typebox';
import type { Tensor } from '@tensorflow/tfjs-core';
import { inputError, type Problem } from '../lib/base/errors.js';
import { nearest } from '../lib/config/index.js';
import { tokenCrossEntropy } from '../lib/diffusion/objectives.js';
import { tf } from '../lib/engine/tf.js';
import type { HostTensor, Tensors } from '../lib/engine/types.js';
import type { GuideContext, GuideFactory, ModelInfo } from '../lib/guide/contract.js';
import type { FutureSpec } from '../lib/guide/future.js';
import type { AnnotatedRow } from '../lib/text/types.js';

import { pooledLogits, poolingParams } from './parts/pooling.js';
import { classesOfSlots, findSlot, findValue, parseSlots, slotTable, type SlotTable, type SlotValues } from './parts/slots.js';
import { contains, phraseObstacle, phraseOf } from './parts/vocabulary-words.js';

const options = Type.Object({
  slot: Type.String({ minLength: 1, description: 'The attribute, such as `food`; `eat type` and `Type` mean `eatType`.' }),
  value: Type.String({
    minLength: 1,
    description: 'Its value, such as `Japanese`; for `posterior` any words that the text contains.',
  }),
});

type Options = Static<typeof options>;

/** The class of a slot that a text does not mention; the slot's values are numbered from 1. */
const NONE = 0;

/** The text expresses a value of a slot, in whatever words. */
export default {
  name: 'attribute',
  summary: 'The text says that an attribute has a value, such as food: Japanese.',
  options,
  example: { slot: 'food', value: 'Japanese' },
  places: ['gradient', 'x0-gradient', 'posterior'],
  classifier: {
    learnsFrom: ['mr'],
    classes: (rows) => classesOfSlots(rows.map(slotsOf)),
    outputs: (width, classes) =>
      poolingParams(
        width,
        gridOf(slotTable(classes)).reduce((a, b) => a * b, 1),
      ),
    labels(row, _, classes) {
      const said = saidValues(row, slotTable(classes));
      return { values: ints([said.length], said) };
    },
    loss: (states, { values }, weights) =>
      tf.mean(tf.sum(tokenCrossEntropy(slotLogits(states, weights, values!.shape[1]!), values!), -1)),
  },
  check: (asked, { model, via, classes }) =>
    via === 'posterior' ? wordProblems(asked, model) : classProblems(asked, slotTable(classes)),
  create: (context) => (context.via === 'posterior' ? byWords(context) : byClassifier(context)),
} satisfies GuideFactory<Options>;

function slotsOf({ fields }: AnnotatedRow): SlotValues {
  const slots = parseSlots(fields['mr'] ?? '');
  if (typeof slots === 'string') throw inputError('mr', slots);
  return slots;
}

/** The value of each slot in the finished text, one question per slot; class 0 is none. */
export const future: FutureSpec<Options> = {
  learnsFrom: ['mr'],
  classes: (rows) => classesOfSlots(rows.map(slotsOf)),
  questions(_, classes) {
    const { slots, valuesOf } = slotTable(classes);
    return slots.map((slot) => valuesOf.get(slot)!.length + 1);
  },
  answers(row, { maxTokens }, classes) {
    const said = saidValues(row, slotTable(classes));
    const read = row.words.length + 1; // END too
    return Int32Array.from({ length: maxTokens * said.length }, (_, i) =>
      Math.floor(i / said.length) <= read ? said[i % said.length]! : -1,
    );
  },
  asks({ slot, value }, _position, _model, classes) {
    const { slots, valuesOf } = slotTable(classes);
    const known = findSlot(slot, slots);
    if (known === undefined) throw inputError('slot', `expected one of ${slots.join(', ')}, got "${slot}"`);
    const at = findValue(value, valuesOf.get(known)!);
    if (at < 0) throw inputError('value', `the discriminator has learned no ${known} "${value}"`);
    return slots.map((name) => (name === known ? [at + 1] : undefined));
  },
};

/** Returns the class of each slot of the table in a row. */
function saidValues(row: AnnotatedRow, { slots, valuesOf }: SlotTable): number[] {
  const values = slotsOf(row);
  return slots.map((slot) => valuesOf.get(slot)!.indexOf(values.get(slot) ?? '') + 1);
}

/** Returns the size of the classifier's grid of outputs: slots, and the values of the slot with the most. */
const gridOf = ({ slots, valuesOf }: SlotTable): [slots: number, values: number] => [
  slots.length,
  Math.max(0, ...[...valuesOf.values()].map((values) => values.length)),
];

/** Returns logits [B, slots, 1 + values]: 0 for NONE. Values that a slot lacks were never right in training, so their logits stay low. */
function slotLogits(states: Tensor, weights: Tensors, slots: number): Tensor {
  const flat = pooledLogits(states, weights); // [B, slots * values]
  const logits = tf.reshape(flat, [flat.shape[0]!, slots, flat.shape[1]! / slots]);
  return tf.concat([tf.zeros([flat.shape[0]!, slots, 1]), logits], -1);
}

/** Steers by log p(value of the slot | latents) from a classifier of all slots (Li et al. 2022, section 5.1, semantic content). */
function byClassifier({ tf, via, classes, states }: GuideContext) {
  const { slots, valuesOf } = slotTable(classes);
  return {
    via: via as 'gradient' | 'x0-gradient',
    encode(rows: readonly (Options | null)[]): Record<string, HostTensor> {
      const values = new Int32Array(rows.length * slots.length); // [B, slots]
      const asked = new Float32Array(rows.length * slots.length); // [B, slots], 1 at the requested slot
      rows.forEach((row, i) => {
        if (!row) return;
        const at = slots.indexOf(findSlot(row.slot, slots)!);
        values[i * slots.length + at] = NONE + 1 + findValue(row.value, valuesOf.get(slots[at]!)!);
        asked[i * slots.length + at] = 1;
      });
      const shape = [rows.length, slots.length];
      return { values: { dtype: 'int32', shape, data: values }, asked: { dtype: 'float32', shape, data: asked } };
    },
    logProb(z: Tensor, { time }: { time: Tensor }, { values, asked }: Tensors, weights: Tensors): Tensor {
      const logits = slotLogits(states(weights, z, time), weights, slots.length); // [B, slots, 1 + values]
      return tf.neg(tf.sum(tf.mul(tokenCrossEntropy(logits, values!), asked!), -1)); // [B]
    },
  };
}

function classProblems({ slot, value }: Options, { slots, valuesOf }: SlotTable): Problem[] {
  const known = findSlot(slot, slots);
  if (known === undefined) return [{ path: '/slot', message: `expected one of ${slots.join(', ')}, got "${slot}"` }];
  const values = valuesOf.get(known)!;
  if (findValue(value, values) >= 0) return [];
  const meant = nearest(value, values);
  const help = meant === undefined ? `there are ${values.join(', ')}` : `did you mean "${meant}"?`;
  return [{ path: '/value', message: `the classifier has learned no ${known} "${value}"; ${help}` }];
}

/** Requires the words of the value in the text: the lexical form, for values that no classifier knows. */
function byWords({ model }: GuideContext) {
  return {
    via: 'posterior' as const,
    factors: ({ value }: Options) => ({ automaton: contains(phraseOf(value, model), model.vocabulary) }),
  };
}

function wordProblems({ value }: Options, model: ModelInfo): Problem[] {
  const message = model.wordLevel
    ? phraseObstacle(value, model)
    : 'is about words, and a token of this model is a part of a word; use a model with a word tokenizer';
  return message === undefined ? [] : [{ path: '/value', message }];
}

const ints = (shape: readonly number[], values: readonly number[]): HostTensor => ({
  dtype: 'int32',
  shape,
  data: Int32Array.from(values),
});
