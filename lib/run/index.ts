/** The files of a run folder. Takes lines to append and folders to read; gives manifests, samples, traces and timings; knows nothing of how texts are made. */
export type { Manifest, MethodRecord } from './manifest.js';
export { readSamples } from './read-samples.js';
export type { GuideResult, SampleLine } from './sample-line.js';
export { secondsPerText, type ShardTime } from './timing.js';
export type { Trace, TraceStep } from './trace.js';
export { readTraces, tracesIn } from './traces-file.js';
