import type { Tensor } from '@tensorflow/tfjs-core';
import { keyOf, normal } from '../base/random.js';
import { tf } from '../engine/index.js';
import type { HostTensors, Tensors } from '../engine/types.js';
import type { ModelInfo, StepState } from '../guide/contract.js';

/** @throws Error with the message if the claim is false */
export function claim(isTrue: boolean, message: () => string): asserts isTrue {
  if (!isTrue) throw new Error(message());
}

/** Returns options as a message shows them. */
export const optionsText = (options: unknown): string => JSON.stringify(options);

/** Returns tensors on the tfjs backend. */
export const tensorsOf = (tensors: HostTensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, { data, shape, dtype }]) => [name, tf.tensor(data, [...shape], dtype)]));

/** Returns standard normal latents, [rows, L, D]. */
export const latentsOf = ({ maxTokens, embeddingWidth }: ModelInfo, rows: number, label = 1): Tensor =>
  tf.tensor(normal(keyOf(label), rows * maxTokens * embeddingWidth), [rows, maxTokens, embeddingWidth]);

/** Returns a state in which the latents z are also the predicted x_0. */
export function stateAt(z: Tensor, { maxTokens, vocabulary }: ModelInfo, time = 0.3): StepState {
  const rows = z.shape[0]!;
  return {
    x: z,
    mean: z,
    x0: z,
    logits: tf.zeros([rows, maxTokens, vocabulary.size]),
    time: tf.fill([rows], time),
    alphaBar: tf.scalar(0.4),
    sigma: tf.scalar(0.2),
  };
}

/** @throws Error with both numbers if they differ by more than `tolerance` */
export function claimNear(found: number, wanted: number, tolerance: number, what: string): void {
  claim(
    Math.abs(found - wanted) <= tolerance,
    () => `${what}: expected ${wanted} within ${tolerance.toPrecision(2)}, got ${found}`,
  );
}
