/// <reference types="@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js" preserve="true" />
import type core from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { addChainedOps } from './chained-ops.js';
import { loadTfjs } from './load-tfjs.js';

type Tfjs = typeof core;

const setUps: (() => void)[] = [];
let loaded: Tfjs | undefined;

/**
 * The one instance of tfjs: its operations with the CPU backend. It loads when something first reads an operation, so that commands that
 * compute nothing, such as `check`, start without it. tfjs-core alone has neither chained operations nor gradients, since it keeps both
 * in files that only a bundler can load: see chained-ops.ts and gradients/.
 */
export const tf: Tfjs = new Proxy({} as Tfjs, { get: (_, name) => Reflect.get(loaded ?? load(), name) as unknown });

/** Calls `setUp` as soon as tfjs is loaded. */
export function whenLoaded(setUp: () => void): void {
  if (loaded) setUp();
  else setUps.push(setUp);
}

function load(): Tfjs {
  loaded = loadTfjs();
  addChainedOps(loaded);
  loaded.enableProdMode(); // silences the advice to install the native backend
  void loaded.setBackend('cpu'); // at once, since its factory is synchronous: tensors made outside of programs live here
  for (const setUp of setUps) setUp();
  return loaded;
}

/** Returns `tf.customGrad(fn)`, made when it is first called. */
export function customGrad(fn: Parameters<Tfjs['customGrad']>[0]): (...inputs: Tensor[]) => Tensor {
  let op: ((...inputs: Tensor[]) => Tensor) | undefined;
  return (...inputs) => (op ??= tf.customGrad(fn))(...inputs);
}
