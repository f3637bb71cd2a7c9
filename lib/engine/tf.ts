/// <reference types="@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js" preserve="true" />
import { createRequire } from 'node:module';

/**
 * The one instance of tfjs. It is required, not imported: Node cannot see all named exports of its CommonJS build, and with
 * a second copy gradients and backends would be registered twice. All of `@tensorflow/tfjs`, since tfjs-core alone brings no gradients.
 */
export const tf = createRequire(import.meta.url)('@tensorflow/tfjs') as typeof import('@tensorflow/tfjs-core');

tf.enableProdMode(); // silences the advice to install the native backend
void tf.setBackend('cpu'); // at once, since its factory is synchronous: tensors made outside of programs live here
