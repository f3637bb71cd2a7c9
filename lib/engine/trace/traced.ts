import { tf } from '../tf.js';
import type { Precision } from '../types.js';
import type { Recorder } from './recorder.js';

/** The name of the tracing backend. */
export const TRACE_BACKEND = 'trace';

/** Returns whether operations are being recorded. */
export const isTraced = (): boolean => tf.getBackend() === TRACE_BACKEND;

const recorder = (): Recorder | undefined =>
  isTraced() ? (tf.backend() as unknown as { recorder: Recorder }).recorder : undefined;

/** Returns the precision of the graph that is being recorded, undefined if none is. */
export const tracedPrecision = (): Precision | undefined => recorder()?.precision;

/** Returns whether attention is one node of the graph that is being recorded. */
export const isAttentionFused = (): boolean => recorder()?.fusesAttention ?? false;
