import type { Tensor } from '@tensorflow/tfjs-core';
import type { StepWindow } from '../diffusion/index.js';
import { prefixed, scoped } from '../engine/scope.js';
import { tf } from '../engine/tf.js';
import type { GraphFunction, HostTensors, Tensors, TensorSpec } from '../engine/types.js';
import type { GradientGuide, StepGuide, StepState } from '../guide/contract.js';
import { clampToNearest } from '../model/denoiser/rounding.js';
import { expectedEmbedding } from '../model/denoiser/score-interpolation.js';
import { firstTokens } from '../model/layers.js';
import type { Denoiser } from '../model/types.js';
import { type ActiveGuide, steer, type SteeringOptions } from './steering.js';
import { reverseStep, type StepParts, type StepTensors } from './step.js';

/** A guide that acts inside the graph of a step, with the weights of its classifier. */
export interface LatentGuide {
  readonly guide: StepGuide<unknown>;
  readonly weights: HostTensors;
  readonly window: StepWindow;
  /** Whether its log-probability is an output of the graph, for observers. */
  readonly watched?: boolean;
}

/** Sizes of a batch: B rows, L tokens per row, D numbers per token, V tokens in the vocabulary. */
export interface BatchSize {
  readonly rows: number;
  readonly maxTokens: number;
  readonly embeddingWidth: number;
  readonly vocabularySize: number;
}

/** The differences between the step graphs of a run. */
export interface StepVariant {
  /** Indices of the latent guides that act. */
  readonly active: readonly number[];
  readonly clamp: boolean;
  /** L', positions that may hold anything but PAD. */
  readonly length: number;
  /** Whether the outputs of `denoisingGraph`, changed outside of the graph, are inputs: token probabilities, and logits if guides act. */
  readonly given: boolean;
}

/** The numbers of a `ReverseStep` that are inputs. */
const STEP_NUMBERS = ['time', 'nextTime', 'alphaBar', 'nextAlphaBar', 'cX', 'c0', 'cPrevious', 'sigma'] as const;

/** Returns the name of the output with the log-probability of a watched guide, [B]. */
export const guideLogProb = (index: number): string => `logProb/${index}`;
/** Returns the name of the input with the weight of a guide in each row, [B]. */
export const guideWeight = (index: number): string => `${guideInput(index)}weight`;
const guideInput = (index: number): string => `guide/${index}/`;
const guideWeights = (index: number): string => `classifier/${index}/`;

/** Returns the name of the input with the previous move of the guides of a `via`, and of the output with the next one, [B, L, D]. */
export const moveName = (via: StepGuide<unknown>['via']): string => `move/${via}`;
/** The names of all moves. */
export const MOVES: readonly string[] = [moveName('x0-gradient'), moveName('gradient')];

/** Returns every constant of the graphs of a run: the weights of the denoiser and of the guides' classifiers. */
export function graphConstants(weights: HostTensors, guides: readonly LatentGuide[]): HostTensors {
  return Object.assign({}, weights, ...guides.map((guide, i) => prefixed(guideWeights(i), guide.weights))) as HostTensors;
}

/** Returns the inputs of a step's graph, except those of the guides. */
export function stepInputs({ rows, maxTokens, embeddingWidth, vocabularySize }: BatchSize): TensorSpec[] {
  const latents = [rows, maxTokens, embeddingWidth];
  return [
    ...['x', 'previousX0', 'noise', ...MOVES].map((name) => ({ name, shape: latents })),
    ...STEP_NUMBERS.map((name) => ({ name, shape: [] })),
    { name: 'temperature', shape: [] },
    { name: 'factors', shape: [rows, maxTokens, vocabularySize] },
    { name: 'fixed', shape: [rows, maxTokens, 1] },
  ];
}

/** Returns the inputs of all latent guides of a batch under their names in the graph. */
export function namedGuideInputs<T>(inputs: readonly Readonly<Record<string, T>>[]): Record<string, T> {
  return Object.assign({}, ...inputs.map((own, i) => prefixed(guideInput(i), own))) as Record<string, T>;
}

/** Returns whether a step's graph takes given logits: only guides look at them, and they are megabytes. */
export const wantsLogits = ({ active }: Pick<StepVariant, 'active'>): boolean => active.length > 0;

/** Returns the additional inputs of a step's graph with given token probabilities. */
export function givenInputs({ rows, maxTokens, vocabularySize }: BatchSize, variant: StepVariant): TensorSpec[] {
  const probs = { name: 'probs', shape: [rows, maxTokens, vocabularySize] };
  return wantsLogits(variant) ? [probs, { name: 'logits', shape: [rows, variant.length, vocabularySize] }] : [probs];
}

/** Returns the first part of a reverse step as a graph: token probabilities under the factors and the logits of the first `length` positions. */
export function denoisingGraph(denoiser: Denoiser, length: number): GraphFunction {
  return (inputs) => {
    const time = tf.broadcastTo(tf.reshape(inputs['time']!, [1]), [inputs['x']!.shape[0]!]); // [B]
    const [x, previousX0] = [firstTokens(inputs['x']!, length), firstTokens(inputs['previousX0']!, length)];
    const { logits } = denoiser.denoise(inputs, x, time, previousX0);
    return { logits, probs: constrained(logits, inputs) };
  };
}

/** @param logits [B, L', V] */
const constrained = (logits: Tensor, { temperature, factors }: Tensors): Tensor =>
  tf.softmax(tf.add(tf.div(logits, temperature!), firstTokens(factors!, logits.shape[1]!))); // [B, L', V]

/** Returns one reverse step of a run as one graph, so that nothing crosses to JavaScript between its parts. */
export function stepGraph(
  denoiser: Denoiser,
  guides: readonly LatentGuide[],
  steering: SteeringOptions,
  { active, clamp, given, length }: StepVariant,
): GraphFunction {
  return (inputs) => {
    const near = (y: Tensor): Tensor => firstTokens(y, length);
    const embeddings = denoiser.embeddings(inputs); // [V, D]
    const acting = active.map((index) => boundGuide(inputs, guides[index]!, index));
    const extra: Record<string, Tensor> = {};
    const steered = (via: GradientGuide<unknown>['via'], x: Tensor, mean: Tensor, state: (x: Tensor) => StepState): Tensor => {
      const own = acting.filter((one): one is BoundGuide & ActiveGuide => one.guide.via === via);
      const { x: moved, move, logProbs } = steer(x, mean, own, state, steering, inputs[moveName(via)]!);
      if (steering.momentum > 0 && own.length > 0) extra[moveName(via)] = move;
      logProbs.forEach((logProb, i) => {
        const { index } = own[i]!;
        if (guides[index]!.watched) extra[guideLogProb(index)] = logProb;
      });
      return moved;
    };
    const parts: StepParts = {
      denoise: (x, time, previousX0) =>
        given ? { logits: inputs['logits']!, x0: near(x) } : denoiser.denoise(inputs, near(x), time, near(previousX0)),
      whole: (logits) => (acting.length > 0 ? withZeros(logits, inputs['x']!.shape[1]!) : logits), // for guides alone, as `wantsLogits`
      constrain: (logits) => (given ? near(inputs['probs']!) : constrained(logits, inputs)),
      estimate(probs, { x0 }) {
        const expected = expectedEmbedding(probs, embeddings); // [B, L', D]
        const mean = denoiser.interpolates ? expected : fixTokens(x0, expected, near(inputs['fixed']!));
        return beforePad(clamp ? clampToNearest(mean, embeddings) : mean, embeddings, inputs['factors']!);
      },
      project: (x0, state) => acting.reduce((value, one) => projected(value, state, one, embeddings), x0),
      steerX0: (x0, state) => steered('x0-gradient', x0, x0, state),
      steerLatents: (x, mean, state) => steered('gradient', x, mean, state),
    };
    const carry = { x: inputs['x']!, previousX0: inputs['previousX0']! };
    const { logits, ...drawn } = reverseStep(carry, inputs['noise']!, numbersOf(inputs), parts);
    return { ...drawn, ...(given ? {} : { logits }), ...extra };
  };
}

const numbersOf = (inputs: Tensors): StepTensors =>
  Object.fromEntries(STEP_NUMBERS.map((name) => [name, inputs[name]!])) as unknown as StepTensors;

interface BoundGuide extends Omit<ActiveGuide, 'guide'> {
  readonly index: number;
  readonly guide: LatentGuide['guide'];
}

function boundGuide(inputs: Tensors, { guide }: LatentGuide, index: number): BoundGuide {
  const { weight, ...rest } = scoped(guideInput(index), inputs);
  const weights = scoped(guideWeights(index), inputs);
  return { index, guide, inputs: rest, weights, weight: tf.reshape(weight!, [-1, 1, 1]) };
}

function projected(x0: Tensor, state: StepState, { guide, inputs }: BoundGuide, embeddings: Tensor): Tensor {
  return guide.via === 'project' ? guide.project(x0, state, inputs, embeddings) : x0;
}

/** Lengthens logits of the first positions, [B, L', V], to [B, length, V]. */
const withZeros = (logits: Tensor, length: number): Tensor => tf.pad(logits, [[0, 0], [0, length - logits.shape[1]!], [0, 0]]); // prettier-ignore

/**
 * Lets PAD follow predicted x_0 [B, L', D] up to the length of the factors [B, L, V], whose last position allows nothing else.
 *
 * @returns [B, L, D]
 */
function beforePad(x0: Tensor, embeddings: Tensor, factors: Tensor): Tensor {
  const [rows, length, size] = factors.shape as [number, number, number];
  const more = length - x0.shape[1]!;
  if (more === 0) return x0;
  const last = tf.slice(factors, [0, length - 1, 0], [rows, 1, size]);
  const pad = expectedEmbedding(tf.softmax(last), embeddings); // [B, 1, D]
  return tf.concat([x0, tf.tile(pad, [1, more, 1])], 1);
}

/**
 * Writes the embedding of the only token that the factors allow into x_0. Networks that predict x_0 themselves use no other factors.
 *
 * @param expected embeddings under the token probabilities, [B, L', D]
 * @param fixed 1 at positions with such a token, otherwise 0, [B, L', 1]
 */
const fixTokens = (x0: Tensor, expected: Tensor, fixed: Tensor): Tensor =>
  tf.add(tf.mul(x0, tf.sub(1, fixed)), tf.mul(expected, fixed));
