import type { Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../engine/tf.js';
import type { GraphFunction, Tensors, TensorSpec } from '../engine/types.js';
import type { ParamSpec } from '../model/types.js';
import { adamW, EMA, FIRST_MOMENT, globalNorm, type OptimizerOptions, SECOND_MOMENT } from './optimizer.js';

/** Loss that a training step lowers: a mean over the batch, differentiated with respect to the weights. */
export type Loss = (weights: Tensors, batch: Tensors) => Tensor;

const RATES = ['learningRate', 'correction1', 'correction2', 'emaDecay'] as const;

/** Returns the names and shapes of all tensors that a training run keeps between steps. */
export function stateSpecs(parameters: readonly ParamSpec[]): TensorSpec[] {
  return ['', FIRST_MOMENT, SECOND_MOMENT, EMA].flatMap((prefix) =>
    parameters.map(({ name, shape }) => ({ name: prefix + name, shape })),
  );
}

export const rateSpecs: readonly TensorSpec[] = RATES.map((name) => ({ name: `rate/${name}`, shape: [] }));

/**
 * Builds the graph of one training step: loss, gradients, AdamW.
 *
 * @param context computes, from weights and batch, inputs of the loss that gradients do not flow through
 * @returns `loss` [], `gradientNorm` [] before clipping, and the next value of every tensor of the state
 */
export function trainingStep(
  parameters: readonly ParamSpec[],
  loss: Loss,
  options: OptimizerOptions,
  context?: (weights: Tensors, batch: Tensors) => Record<string, Tensor>,
): GraphFunction {
  const names = parameters.map(({ name }) => name);
  return (inputs) => {
    const weights = pick(inputs, names);
    const batch = context ? { ...inputs, ...context(weights, inputs) } : inputs;
    const lossOf = (...values: Tensor[]) => loss(Object.fromEntries(names.map((name, i) => [name, values[i]!])), batch);
    const { value, grads } = tf.valueAndGrads(lossOf as never)(names.map((name) => weights[name]!));
    const gradients = Object.fromEntries(names.map((name, i) => [name, grads[i]!]));
    const norm = globalNorm(gradients);
    const rates = Object.fromEntries(RATES.map((name) => [name, inputs[`rate/${name}`]!])) as Record<
      (typeof RATES)[number],
      Tensor
    >;
    return { loss: value as Tensor, gradientNorm: norm, ...adamW(inputs, gradients, norm, rates, options) };
  };
}

function pick(tensors: Tensors, names: readonly string[]): Record<string, Tensor> {
  return Object.fromEntries(names.map((name) => [name, tensors[name]!]));
}
