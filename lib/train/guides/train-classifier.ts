import type { Tensor } from '@tensorflow/tfjs-core';
import { type Key, keyOf, normal, permutation, split, uniform } from '../../base/random.js';
import { qSample } from '../../diffusion/forward.js';
import type { NoiseLevel } from '../../diffusion/index.js';
import { embedded } from '../../diffusion/objectives.js';
import { emptyArray } from '../../engine/arrays.js';
import { prefixed, scoped } from '../../engine/scope.js';
import { tf } from '../../engine/tf.js';
import type { HostTensor, HostTensors, State, Tensors, TensorSpec } from '../../engine/types.js';
import { classifierParams, type ClassifierSize, tokenStates } from '../../model/denoiser/noisy-encoder.js';
import { expectedEmbedding } from '../../model/denoiser/score-interpolation.js';
import type { Denoiser, ParamSpec } from '../../model/types.js';
import { rowOrder } from '../batches.js';
import { EMA } from '../optimizer.js';
import { type RowTrainingSettings, runTraining, type TrainingHooks } from '../session.js';
import { rateSpecs, stateSpecs, trainingStep } from '../step.js';

/** A token sequence with its labels. */
export interface LabelledRow {
  readonly ids: Int32Array; // [L]
  /** Labels, with the same names and shapes in each row. */
  readonly labels: HostTensors;
}

export interface ClassifierJob extends RowTrainingSettings {
  readonly size: ClassifierSize;
  readonly denoiser: Denoiser;
  readonly denoiserWeights: HostTensors;
  /** Returns the initial weights that are not random, `tokens` among them: by default the denoiser's embeddings, [V, D]. */
  start(): Promise<HostTensors>;
  /** Input of the classifier. `noisy`: x_t. `predicted-x0`: the denoiser's prediction from x_t. */
  readonly input: 'noisy' | 'predicted-x0';
  /** Divides the denoiser's logits before x0 is predicted from them. */
  readonly temperature: number;
  /** Maps a uniform number in [0, 1) to a noise level. */
  levelAt(share: number): NoiseLevel;
  readonly outputs: readonly ParamSpec[];
  /** Mean loss in nats of token states [B, L, W] under the labels of the rows, [B, ...]. */
  loss(states: Tensor, labels: Tensors, weights: Tensors): Tensor;
  readonly rows: readonly LabelledRow[];
  /** A row of `rows` changed, another way for each key; by default rows stay as they are. */
  augment?(row: number, key: Key): LabelledRow;
  readonly validationRows: readonly LabelledRow[];
}

/** Prefixes of the labels and of the denoiser's weights among a graph's inputs. */
const LABEL = 'label/';
const DENOISER = 'denoiser/';

const VALIDATION_SHARES: readonly number[] = [0, 0.2, 0.4, 0.6, 0.8, 0.95];
/** Cap on the validation batches: more would cost as much as the training. */
const VALIDATION_BATCHES = 4;

/**
 * Trains a guide's classifier at all noise levels.
 *
 * @returns as runTraining
 * @throws as runTraining
 */
export async function trainClassifier(job: ClassifierJob, hooks: TrainingHooks = {}): Promise<boolean> {
  const { device, size, optimizer } = job;
  const key = keyOf(job.seed);
  const parameters = [...classifierParams(size), ...job.outputs];
  const order = rowOrder(job.rows.length, optimizer.batchSize, split(key, 'rows'));
  const graph = trainingStep(
    parameters,
    (weights, batch) => lossOf(job, weights, batch),
    optimizer,
    (_, batch) => ({ z: classifierInput(job, batch, false) }),
  );
  const inputs = [...stateSpecs(parameters), ...rateSpecs, ...batchSpecs(job)];
  const program = device.compile(graph, inputs, denoiserConstants(job));
  const measure = await validator(job, parameters, split(key, 'validation'));

  return runTraining(
    {
      ...job,
      parameters,
      key: split(key, 'parameters'),
      programAt: () => program,
      batchAt: (step) => {
        const rows = Array.from(order(step), (row, i) => job.augment?.(row, split(key, 'augment', step, i)) ?? job.rows[row]!);
        return batchOf(job, rows, stratifiedLevels(job, split(key, 'levels', step)), split(key, 'noise', step));
      },
      measure: async (state) => ({ validation: await measure(state) }),
    },
    hooks,
  );
}

function lossOf({ size, loss }: ClassifierJob, weights: Tensors, batch: Tensors): Tensor {
  return loss(tokenStates(weights, batch['z']!, batch['time']!, size), scoped(LABEL, batch), weights);
}

/**
 * Returns the input of the classifier: the noised embeddings, or the denoiser's prediction from them.
 *
 * @param selfConditioned predicts a second time given the first prediction, as the sampler does, for twice the cost
 */
function classifierInput(job: ClassifierJob, batch: Tensors, selfConditioned: boolean): Tensor {
  const { denoiser, input } = job;
  const weights = scoped(DENOISER, batch);
  const x = qSample(embedded(denoiser.embeddings(weights), batch['ids']!), batch['alphaBar']!, batch['noise']!);
  if (input === 'noisy') return x;
  const first = predictedX0(job, weights, x, batch['time']!, tf.zerosLike(x));
  return selfConditioned ? predictedX0(job, weights, x, batch['time']!, first) : first;
}

/** Returns predicted x0 as in the sampler, at its temperature if the denoiser gives token probabilities. */
function predictedX0(
  { denoiser, temperature }: ClassifierJob,
  weights: Tensors,
  x: Tensor,
  time: Tensor,
  previous: Tensor,
): Tensor {
  const { logits, x0 } = denoiser.denoise(weights, x, time, previous);
  if (!denoiser.interpolates) return x0;
  return expectedEmbedding(tf.softmax(tf.div(logits, temperature)), denoiser.embeddings(weights));
}

const denoiserConstants = ({ denoiserWeights }: ClassifierJob): HostTensors => prefixed(DENOISER, denoiserWeights);

function batchSpecs({ size: { maxTokens, embeddingWidth }, optimizer: { batchSize }, rows }: ClassifierJob): TensorSpec[] {
  const labels = Object.entries(prefixed(LABEL, rows[0]!.labels));
  return [
    ...labels.map(([name, { shape, dtype }]): TensorSpec => ({ name, shape: [batchSize, ...shape], dtype })),
    { name: 'ids', shape: [batchSize, maxTokens], dtype: 'int32' },
    { name: 'time', shape: [batchSize] },
    { name: 'alphaBar', shape: [batchSize] },
    { name: 'noise', shape: [batchSize, maxTokens, embeddingWidth] },
  ];
}

function batchOf(
  { size: { maxTokens, embeddingWidth } }: ClassifierJob,
  rows: readonly LabelledRow[],
  levels: readonly NoiseLevel[],
  key: Key,
): Record<string, HostTensor> {
  const names = Object.keys(rows[0]!.labels);
  const floats = (pick: (level: NoiseLevel) => number): HostTensor => ({
    dtype: 'float32',
    shape: [rows.length],
    data: Float32Array.from(levels, pick),
  });
  const latents = [rows.length, maxTokens, embeddingWidth];
  return {
    ids: stacked(rows.map(({ ids }) => ({ dtype: 'int32', shape: [maxTokens], data: ids }))),
    ...prefixed(LABEL, Object.fromEntries(names.map((name) => [name, stacked(rows.map(({ labels }) => labels[name]!))]))),
    time: floats(({ time }) => time),
    alphaBar: floats(({ alphaBar }) => alphaBar),
    noise: { dtype: 'float32', shape: latents, data: normal(key, rows.length * maxTokens * embeddingWidth) },
  };
}

/** Stacks tensors of shape [...] into one, [B, ...]. */
function stacked(tensors: readonly HostTensor[]): HostTensor {
  const { dtype, shape, data } = tensors[0]!;
  const all = emptyArray(dtype, [tensors.length, data.length]);
  tensors.forEach((tensor, i) => all.set(tensor.data, i * data.length));
  return { dtype, shape: [tensors.length, ...shape], data: all };
}

function stratifiedLevels({ levelAt, optimizer: { batchSize } }: ClassifierJob, key: Key): NoiseLevel[] {
  const jitter = uniform(split(key, 'jitter'), batchSize);
  return Array.from(permutation(split(key, 'place'), batchSize), (place, i) => levelAt((place + jitter[i]!) / batchSize));
}

/** Returns the validation: the loss of the EMA weights by noise level, on the first full batches of the validation rows. */
async function validator(
  job: ClassifierJob,
  parameters: readonly ParamSpec[],
  key: Key,
): Promise<(state: State) => Promise<Record<string, number>>> {
  const { batchSize } = job.optimizer;
  const graph = (inputs: Tensors): Tensors => {
    const weights = Object.fromEntries(parameters.map(({ name }) => [name, inputs[EMA + name]!]));
    return { loss: lossOf(job, weights, { ...inputs, z: classifierInput(job, inputs, true) }) };
  };
  const weightSpecs = parameters.map(({ name, shape }) => ({ name: EMA + name, shape }));
  const program = await job.device.compile(graph, [...weightSpecs, ...batchSpecs(job)], denoiserConstants(job));
  const count = Math.min(VALIDATION_BATCHES, Math.max(1, Math.floor(job.validationRows.length / batchSize)));
  const batches = Array.from({ length: count }, (_, b) =>
    Array.from({ length: batchSize }, (_, i) => job.validationRows[(b * batchSize + i) % job.validationRows.length]!),
  );
  return async (state) => {
    const losses: [string, number][] = [];
    for (const share of VALIDATION_SHARES) {
      const level = job.levelAt(share);
      let sum = 0;
      for (const [b, rows] of batches.entries()) {
        const feeds = batchOf(
          job,
          rows,
          rows.map(() => level),
          split(key, `${share}`, b),
        );
        sum += (await program.run(feeds, { state }))['loss']!.data[0]!;
      }
      losses.push([`time ${Number(level.time.toFixed(4))}`, sum / batches.length]);
    }
    return Object.fromEntries(losses);
  };
}
