import type core from '@tensorflow/tfjs-core';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Loads tfjs and its CPU backend, when it is called: a static import would load them at every start. */
export function loadTfjs(): typeof core {
  const tfjs = require('@tensorflow/tfjs-core') as typeof core;
  require('@tensorflow/tfjs-backend-cpu');
  return tfjs;
}
