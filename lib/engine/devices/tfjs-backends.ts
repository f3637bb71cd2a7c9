import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import util from 'node:util';
import { DiffusteerError, messageOf } from '../../base/errors.js';
import { registerGradients } from '../gradients/index.js';
import { tf } from '../tf.js';
import { registerSegmentSum } from './wasm-kernels.js';

const require = createRequire(import.meta.url);

/** Makes a tfjs backend ready for use. @throws DiffusteerError that says why it does not work here */
export async function readyBackend(backend: string): Promise<void> {
  const before = tf.getBackend();
  try {
    if (!(await tf.setBackend(backend))) throw new DiffusteerError(`tfjs could not start its backend "${backend}"`);
    await tf.ready();
  } finally {
    await tf.setBackend(before);
  }
}

const crashEvents = ['uncaughtException', 'unhandledRejection'] as const;

export async function loadWasm(): Promise<void> {
  const name = '@tensorflow/tfjs-backend-wasm';
  const { setWasmPaths } = require(name) as typeof import('@tensorflow/tfjs-backend-wasm');
  if (tf.engine().registry['wasm'] !== undefined) return;
  setWasmPaths(join(dirname(require.resolve(name)), sep));
  const before = new Map(crashEvents.map((event) => [event, process.listeners(event as 'uncaughtException')]));
  await readyBackend('wasm');
  registerSegmentSum();
  // Its loader also rethrows every uncaught error of the process, which would hide where the error came from.
  for (const [event, known] of before)
    for (const listener of process.listeners(event as 'uncaughtException'))
      if (!known.includes(listener)) process.removeListener(event, listener);
}

/** Loads tfjs-node-gpu. @throws DiffusteerError that says why there is no GPU for tfjs here */
export async function loadNodeGpu(): Promise<void> {
  restoreUtil();
  try {
    require('@tensorflow/tfjs-node-gpu');
  } catch (error) {
    throw new DiffusteerError(`@tensorflow/tfjs-node-gpu does not load: ${messageOf(error).split('\n')[0]}`, { cause: error });
  } finally {
    registerGradients(); // it loads all of tfjs, which registers other gradients, even if its native part is missing
  }
  await readyBackend('tensorflow');
  const backend = tf.engine().findBackend('tensorflow') as { isUsingGpuDevice?: boolean };
  if (backend.isUsingGpuDevice !== true) throw new DiffusteerError('@tensorflow/tfjs-node-gpu loads but finds no GPU');
}

/** Restores the functions of node:util that tfjs-node calls and Node 23 removed. */
function restoreUtil(): void {
  const old: Record<string, (value: unknown) => boolean> = {
    isNullOrUndefined: (value) => value == null,
    isArray: Array.isArray,
  };
  for (const [name, fn] of Object.entries(old)) if (!(name in util)) Object.assign(util, { [name]: fn });
}
