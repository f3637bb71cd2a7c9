import type { Tensor } from '@tensorflow/tfjs-core';
import { prefixed, scoped, tf } from '../engine/index.js';
import type { GraphFunction, HostTensors, Tensors, TensorSpec } from '../engine/types.js';
import type { StepGuide, StepState } from '../guide/contract.js';
import { clampToNearest } from '../model/denoiser/rounding.js';
import { expectedEmbedding } from '../model/denoiser/score-interpolation.js';
import type { Denoiser } from '../model/types.js';
import { type ActiveGuide, steer, type SteeringOptions } from './steering.js';
import { reverseStep, type StepParts, type StepTensors } from './step.js';

/** A guide that acts inside the graph, with the weights of its classifier. */
export interface LatentGuide {
  readonly guide: StepGuide<unknown>;
  readonly weights: HostTensors;
  /** Shares of the reverse steps, 0 is noise, between which it acts. */
  readonly window: readonly [number, number];
  /** Whether its log-probability is watched step by step: then it is an output of the graph. */
  readonly watched?: boolean;
}

/** Sizes of a batch: B rows, L tokens, D numbers a token, V tokens in the vocabulary. */
export interface BatchSize {
  readonly rows: number;
  readonly maxTokens: number;
  readonly embeddingWidth: number;
  readonly vocabularySize: number;
}

/** What differs from one graph of a run to another. */
export interface StepVariant {
  /** Indices of the latent guides that act. */
  readonly active: readonly number[];
  readonly clamp: boolean;
  /** The token probabilities are inputs, and where guides act the logits: what `denoisingGraph` gave, changed outside of the graph. */
  readonly given: boolean;
}

const LEVEL = ['time', 'nextTime', 'alphaBar', 'nextAlphaBar', 'cX', 'c0', 'sigma'] as const;

/** The output that holds the log-probability of a watched guide, [B]. */
export const guideLogProb = (index: number): string => `logProb/${index}`;
/** The input that holds the weight of a guide in each row, [B]. */
export const guideWeight = (index: number): string => `${guideInput(index)}weight`;
const guideInput = (index: number): string => `guide/${index}/`;
const guideWeights = (index: number): string => `classifier/${index}/`;

/** Every constant of the graphs of a run: the denoiser's weights and those of the guides' classifiers. */
export function graphConstants(weights: HostTensors, guides: readonly LatentGuide[]): HostTensors {
  return Object.assign({}, weights, ...guides.map((guide, i) => prefixed(guideWeights(i), guide.weights))) as HostTensors;
}

/** Inputs of a step's graph, those of the guides apart. */
export function stepInputs({ rows, maxTokens, embeddingWidth, vocabularySize }: BatchSize): TensorSpec[] {
  const latents = [rows, maxTokens, embeddingWidth];
  return [
    ...['x', 'previousX0', 'noise'].map((name) => ({ name, shape: latents })),
    ...LEVEL.map((name) => ({ name, shape: [] })),
    { name: 'temperature', shape: [] },
    { name: 'factors', shape: [rows, maxTokens, vocabularySize] },
    { name: 'fixed', shape: [rows, maxTokens, 1] },
  ];
}

/** Inputs of the latent guides of a batch, named as the graph knows them. */
export function namedGuideInputs<T>(inputs: readonly Readonly<Record<string, T>>[]): Record<string, T> {
  return Object.assign({}, ...inputs.map((of, i) => prefixed(guideInput(i), of))) as Record<string, T>;
}

/** Whether a step's graph takes the logits where they are given: only guides look at them, and they are megabytes. */
export const wantsLogits = ({ active }: Pick<StepVariant, 'active'>): boolean => active.length > 0;

/** Inputs of a step's graph where the token probabilities are given. */
export function givenInputs({ rows, maxTokens, vocabularySize }: BatchSize, variant: StepVariant): TensorSpec[] {
  const names = wantsLogits(variant) ? ['probs', 'logits'] : ['probs'];
  return names.map((name) => ({ name, shape: [rows, maxTokens, vocabularySize] }));
}

/** The first part of a reverse step: token probabilities under the factors, and the logits. */
export function denoisingGraph(denoiser: Denoiser): GraphFunction {
  return (inputs) => {
    const time = tf.broadcastTo(tf.reshape(inputs['time']!, [1]), [inputs['x']!.shape[0]!]); // [B]
    const { logits } = denoiser.denoise(inputs, inputs['x']!, time, inputs['previousX0']!);
    return { logits, probs: constrained(logits, inputs) };
  };
}

const constrained = (logits: Tensor, { temperature, factors }: Tensors): Tensor =>
  tf.softmax(tf.add(tf.div(logits, temperature!), factors!)); // [B, L, V]

/** One reverse step of a run as one graph, so that nothing crosses to JavaScript between its parts. */
export function stepGraph(
  denoiser: Denoiser,
  guides: readonly LatentGuide[],
  steering: SteeringOptions,
  { active, clamp, given }: StepVariant,
): GraphFunction {
  return (inputs) => {
    const embeddings = denoiser.embeddings(inputs); // [V, D]
    const acting = active.map((index) => boundGuide(inputs, guides[index]!, index));
    const watched: Record<string, Tensor> = {};
    const steered = (via: string, x: Tensor, mean: Tensor, state: (x: Tensor) => StepState): Tensor => {
      const those = acting.filter((one): one is BoundGuide & ActiveGuide => one.guide.via === via);
      const { x: moved, logProbs } = steer(x, mean, those, state, steering);
      logProbs.forEach((logProb, i) => {
        if (guides[those[i]!.index]!.watched) watched[guideLogProb(those[i]!.index)] = logProb;
      });
      return moved;
    };
    const parts: StepParts = {
      denoise: (x, time, previousX0) =>
        given ? { logits: inputs['logits']!, x0: x } : denoiser.denoise(inputs, x, time, previousX0),
      constrain: (logits) => (given ? inputs['probs']! : constrained(logits, inputs)),
      estimate: (probs, prediction) => {
        const mean = denoiser.interpolates
          ? expectedEmbedding(probs, embeddings)
          : fixTokens(prediction.x0, probs, embeddings, inputs['fixed']!);
        return clamp ? clampToNearest(mean, embeddings) : mean;
      },
      project: (x0, state) => acting.reduce((value, one) => projected(value, state, one, embeddings), x0),
      steerX0: (x0, state) => steered('x0-gradient', x0, x0, state),
      steerLatents: (x, mean, state) => steered('gradient', x, mean, state),
    };
    const carry = { x: inputs['x']!, previousX0: inputs['previousX0']! };
    const level = Object.fromEntries(LEVEL.map((name) => [name, inputs[name]!])) as unknown as StepTensors;
    return { ...reverseStep(carry, inputs['noise']!, level, parts), ...watched };
  };
}

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

/** Where factors leave one token only, its embedding: a network that predicts x_0 itself takes no other factors. `fixed` is [B, L, 1]. */
function fixTokens(x0: Tensor, probs: Tensor, embeddings: Tensor, fixed: Tensor): Tensor {
  return tf.add(tf.mul(x0, tf.sub(1, fixed)), tf.mul(expectedEmbedding(probs, embeddings), fixed));
}
