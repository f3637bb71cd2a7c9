import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { tf } from '../engine/tf.js';
import type { Tensors } from '../engine/types.js';

export interface OptimizerOptions {
  /** Total number of optimizer steps. */
  readonly steps: number;
  readonly peakLearningRate: number;
  readonly warmupSteps: number;
  /** Decay rates of the first and second moments. */
  readonly betas: readonly [number, number];
  /** Decoupled decay of the matrices (Loshchilov and Hutter 2019); vectors and the token embedding do not decay. */
  readonly weightDecay: number;
  /** Largest global gradient norm; larger gradients are scaled down to it. */
  readonly clipNorm: number;
  /** Decay of the exponential moving average (EMA) of the weights; lower in the first steps: (1 + step) / (10 + step). */
  readonly emaDecay: number;
  /** Factor on the learning rate from each block to the one below it (Howard and Ruder 2018, section 3.2). Default 1. */
  readonly layerDecay?: number | undefined;
}

/** Numbers that change from step to step; they are inputs of the graph, not constants. */
export interface StepRates {
  readonly learningRate: number;
  /** 1 - beta^step for each of the two moments: the bias correction of Kingma and Ba (2015). */
  readonly correction1: number;
  readonly correction2: number;
  readonly emaDecay: number;
}

/** Returns the learning rate: linear warm-up to the peak, then a half-cosine decay to 0. `step` counts from 0. */
export function learningRate(step: number, { steps, peakLearningRate, warmupSteps }: OptimizerOptions): number {
  if (step < warmupSteps) return (peakLearningRate * (step + 1)) / warmupSteps;
  const share = (step - warmupSteps) / Math.max(1, steps - warmupSteps);
  return peakLearningRate * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, share)));
}

export function ratesAt(step: number, options: OptimizerOptions): StepRates {
  return {
    learningRate: learningRate(step, options),
    correction1: 1 - options.betas[0] ** (step + 1),
    correction2: 1 - options.betas[1] ** (step + 1),
    emaDecay: Math.min(options.emaDecay, (1 + step) / (10 + step)),
  };
}

/**
 * Returns the factor on the learning rate of each parameter: `layerDecay` to the power of the number of blocks above it. What comes after
 * the blocks learns at the full rate, and so do tables with a row per word, in which new words begin; what comes before them learns as
 * if it were below the lowest.
 */
export function layerFactors(names: readonly string[], layerDecay = 1): Map<string, number> {
  const blockOf = (name: string): number | undefined => {
    const found = /^block(\d+)\./.exec(name);
    return found ? Number(found[1]) : undefined;
  };
  const layers = Math.max(0, ...names.map((name) => (blockOf(name) ?? -1) + 1));
  const above = (name: string): number => {
    const block = blockOf(name);
    if (block !== undefined) return layers - 1 - block;
    return LOWEST.test(name) ? layers : 0;
  };
  return new Map(names.map((name) => [name, layerDecay ** above(name)]));
}

/** Parameters that come before the blocks, or that all of them share. */
const LOWEST = /^(input|position|relative|time1|time2|modulation)\b/;

export type RateTensors = Readonly<Record<keyof StepRates, Tensor>>;

/** Returns the norm of all gradients together, []. */
export function globalNorm(gradients: Tensors): Tensor {
  return tf.sqrt(tf.addN(Object.values(gradients).map((g) => tf.sum(tf.square(g)) as Scalar))); // []
}

/** Prefixes of the names under which a parameter's optimizer state is kept. */
export const FIRST_MOMENT = 'm/';
export const SECOND_MOMENT = 'v/';
export const EMA = 'ema/';

/**
 * Applies one step of AdamW to every parameter, with the gradient clipped to `clipNorm`, and updates the EMA of the weights.
 *
 * @param state parameters `NAME`, moments `m/NAME` and `v/NAME`, averages `ema/NAME`
 * @returns the next value of each
 */
export function adamW(
  state: Tensors,
  gradients: Tensors,
  norm: Tensor,
  rates: RateTensors,
  options: OptimizerOptions,
): Record<string, Tensor> {
  const [beta1, beta2] = options.betas;
  const scale = tf.minimum(1, tf.div(options.clipNorm, tf.add(norm, 1e-6))); // []
  // Scalars shared by all parameters are computed once: a pass over the parameters costs more than all of them.
  const [share1, share2] = [tf.mul(scale, 1 - beta1), tf.mul(tf.square(scale), 1 - beta2)]; // []
  const perMove = tf.div(rates.correction1, rates.learningRate); // []; divides by the rate, which is above 0 at every step
  const perRoot = tf.div(perMove, tf.sqrt(rates.correction2)); // []
  const floor = tf.mul(perMove, 1e-8); // []
  const next: Record<string, Tensor> = {};
  const factors = layerFactors(Object.keys(gradients), options.layerDecay);
  for (const [name, gradient] of Object.entries(gradients)) {
    const value = state[name]!;
    const m = tf.add(tf.mul(state[FIRST_MOMENT + name]!, beta1), tf.mul(gradient, share1));
    const v = tf.add(tf.mul(state[SECOND_MOMENT + name]!, beta2), tf.mul(tf.square(gradient), share2));
    const factor = factors.get(name)!;
    const full = tf.div(m, tf.add(tf.mul(tf.sqrt(v), perRoot), floor));
    const move = factor === 1 ? full : tf.mul(full, factor);
    const decays = value.rank > 1 && name !== 'embedding' ? options.weightDecay * factor : 0;
    const kept = decays === 0 ? value : tf.mul(value, tf.sub(1, tf.mul(rates.learningRate, decays)));
    next[name] = tf.sub(kept, move);
    next[FIRST_MOMENT + name] = m;
    next[SECOND_MOMENT + name] = v;
    const ema = state[EMA + name]!;
    next[EMA + name] = tf.add(ema, tf.mul(tf.sub(next[name], ema), tf.sub(1, rates.emaDecay)));
  }
  return next;
}
