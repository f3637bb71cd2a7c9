import { tf } from '../tf.js';
import type { Precision } from '../types.js';

/** The name of the tracing backend. */
export const TRACE_BACKEND = 'trace';

/** Returns whether operations are being recorded. */
export const isTraced = (): boolean => tf.getBackend() === TRACE_BACKEND;

/** Returns the precision of the graph that is being recorded, undefined if none is. */
export const tracedPrecision = (): Precision | undefined =>
  isTraced() ? (tf.backend() as unknown as { recorder: { precision: Precision } }).recorder.precision : undefined;
