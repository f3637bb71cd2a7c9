import '@tensorflow/tfjs-backend-cpu';
import * as tfjs from '@tensorflow/tfjs-core';

/** Replaces load-tfjs.ts in browsers, whose bundlers follow static imports only (`browser` in package.json). */
export const loadTfjs = (): typeof tfjs => tfjs;
