import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/types.js';

/** Token states that the guides of a clause compute once if they share a classifier. */
export interface SharedStates {
  /** States are shared within one call, and so within one tape of gradients. */
  during<T>(call: () => T): T;
  /** Returns the result of `compute`, from memory if the same call asked before with the same latents, time, number of tokens and classifier. */
  of(weights: Tensors, z: Tensor, time: Tensor, length: number, compute: () => Tensor): Tensor;
}

export function sharedStates(): SharedStates {
  let known: { readonly key: readonly unknown[]; readonly states: Tensor }[] | undefined;
  return {
    during(call) {
      known = [];
      try {
        return call();
      } finally {
        known = undefined;
      }
    },
    of(weights, z, time, length, compute) {
      const key = [z, time, length, ...Object.values(weights)];
      const same = known?.find((one) => one.key.length === key.length && one.key.every((part, i) => part === key[i]));
      if (same) return same.states;
      const states = compute();
      known?.push({ key, states });
      return states;
    },
  };
}
