import type { Tensor } from '@tensorflow/tfjs-core';
import { type Key, keyOf, split } from '../../base/random.js';
import { answerLogits, discriminatorParams, prefixStates } from '../../baseline/index.js';
import { tokenCrossEntropy } from '../../diffusion/objectives.js';
import { tf } from '../../engine/tf.js';
import type { HostTensor, HostTensors, State, Tensors, TensorSpec } from '../../engine/types.js';
import type { DiscriminatorSize } from '../../plan/discriminators.js';
import { rowOrder } from '../batches.js';
import { EMA } from '../optimizer.js';
import { type RowTrainingSettings, runTraining, type TrainingHooks } from '../session.js';
import { rateSpecs, stateSpecs, trainingStep } from '../step.js';

/** A token sequence with a discriminator's target for each prefix. */
export interface AnsweredRow {
  readonly ids: Int32Array; // [L]
  /**
   * Returns the class of each question after each position, [L, questions]; -1 if nothing is asked. Computed on each call: those of
   * all rows would take gigabytes.
   */
  answers(): Int32Array;
}

export interface DiscriminatorJob extends RowTrainingSettings {
  readonly size: DiscriminatorSize;
  readonly rows: readonly AnsweredRow[];
  /** A row of `rows` changed, another way for each key; by default rows stay as they are. */
  augment?(row: number, key: Key): AnsweredRow;
  readonly validationRows: readonly AnsweredRow[];
  /** As TrainingJob.start. */
  start?(): Promise<HostTensors>;
}

/**
 * Trains a discriminator on the prefixes of texts (Yang and Klein 2021, section 3).
 *
 * @returns as runTraining
 * @throws as runTraining
 */
export async function trainDiscriminator(job: DiscriminatorJob, hooks: TrainingHooks = {}): Promise<boolean> {
  const { device, size, optimizer, rows } = job;
  const key = keyOf(job.seed);
  const parameters = discriminatorParams(size);
  const order = rowOrder(rows.length, optimizer.batchSize, split(key, 'rows'));
  const graph = trainingStep(parameters, (weights, batch) => lossOf(weights, batch, size), optimizer);
  const program = device.compile(graph, [...stateSpecs(parameters), ...rateSpecs, ...batchSpecs(job)]);
  const measure = await validator(job);
  return runTraining(
    {
      ...job,
      parameters,
      key: split(key, 'parameters'),
      programAt: () => program,
      batchAt(step) {
        const chosen = Array.from(order(step), (row, i) => job.augment?.(row, split(key, 'augment', step, i)) ?? rows[row]!);
        return batchOf(chosen, size);
      },
      measure: async (state) => ({ validation: { answers: await measure(state) } }),
    },
    hooks,
  );
}

/** Returns the mean negative log-probability of the answers in nats. */
function lossOf(weights: Tensors, { ids, answers, asked }: Tensors, size: DiscriminatorSize): Tensor {
  const [rows, places] = ids!.shape as [number, number];
  const states = prefixStates(weights, ids!, size); // [B, L, W]
  const prefixes = tf.slice(states, [0, 0, 0], [rows, places - 1, size.width]);
  const next = tf.slice(ids!, [0, 1], [rows, places - 1]);
  const nats = tokenCrossEntropy(answerLogits(weights, prefixes, next, size), answers!); // [B, L - 1, Q]
  return tf.div(tf.sum(tf.mul(nats, asked!)), tf.sum(asked!));
}

function batchSpecs({ size: { maxTokens, questions }, optimizer: { batchSize } }: DiscriminatorJob): TensorSpec[] {
  const shape = [batchSize, maxTokens - 1, questions.length];
  return [
    { name: 'ids', shape: [batchSize, maxTokens], dtype: 'int32' },
    { name: 'answers', shape, dtype: 'int32' },
    { name: 'asked', shape },
  ];
}

/** Assembles a batch. The answers of a text start at the token after START. */
function batchOf(rows: readonly AnsweredRow[], { maxTokens, questions }: DiscriminatorSize): Record<string, HostTensor> {
  const perRow = (maxTokens - 1) * questions.length;
  const ids = new Int32Array(rows.length * maxTokens);
  const answers = new Int32Array(rows.length * perRow);
  rows.forEach((row, i) => {
    ids.set(row.ids, i * maxTokens);
    answers.set(row.answers().subarray(questions.length), i * perRow);
  });
  const shape = [rows.length, maxTokens - 1, questions.length];
  return {
    ids: { dtype: 'int32', shape: [rows.length, maxTokens], data: ids },
    answers: { dtype: 'int32', shape, data: answers.map((answer) => Math.max(answer, 0)) },
    asked: { dtype: 'float32', shape, data: Float32Array.from(answers, (answer) => (answer < 0 ? 0 : 1)) },
  };
}

/** Returns the validation: the loss of the EMA weights, the last batch padded with the first rows. */
async function validator(job: DiscriminatorJob): Promise<(state: State) => Promise<number>> {
  const { device, size, validationRows, optimizer } = job;
  const parameters = discriminatorParams(size);
  const program = await device.compile(
    (inputs) => {
      const weights = Object.fromEntries(parameters.map(({ name }) => [name, inputs[EMA + name]!]));
      return { loss: lossOf(weights, inputs, size) };
    },
    [...parameters.map(({ name, shape }) => ({ name: EMA + name, shape })), ...batchSpecs(job)],
  );
  const count = Math.ceil(validationRows.length / optimizer.batchSize);
  const rowsOf = (b: number): AnsweredRow[] =>
    Array.from({ length: optimizer.batchSize }, (_, i) => validationRows[(b * optimizer.batchSize + i) % validationRows.length]!);
  return async (state) => {
    let sum = 0;
    for (let b = 0; b < count; b++) sum += (await program.run(batchOf(rowsOf(b), size), { state }))['loss']!.data[0]!;
    return sum / count;
  };
}
