/// <reference types="@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js" preserve="true" />
import '@tensorflow/tfjs-backend-cpu';
import tfjs from '@tensorflow/tfjs-core';
import { addChainedOps } from './chained-ops.js';

/**
 * The one instance of tfjs: its operations with the CPU backend. tfjs-core alone has neither chained operations nor gradients, since
 * it keeps both in files that only a bundler can load: see chained-ops.ts and gradients/.
 */
export const tf = tfjs;

addChainedOps(tf);
tf.enableProdMode(); // silences the advice to install the native backend
void tf.setBackend('cpu'); // at once, since its factory is synchronous: tensors made outside of programs live here
