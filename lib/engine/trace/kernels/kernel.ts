import type { Recorder } from '../recorder.js';
import type { Value } from '../value.js';

/**
 * The ONNX form of a tfjs kernel: what to record for these inputs and attributes, which are those of tfjs' own kernel.
 * Inputs of a kernel that takes a list are numbered from 0.
 */
export type TraceKernel = (g: Recorder, inputs: never, attributes: never) => Value | readonly Value[];

export type TraceKernels = Readonly<Record<string, TraceKernel>>;
