/** A comparison of ways to augment labelled rows. Takes small labelled sets and held-out rows; gives the accuracy of downstream classifiers for each way; knows nothing of how the figures are shown. */
export {
  augmentBenchmark,
  type AugmentBenchmarkHooks,
  type AugmentBenchmarkParts,
  type AugmentBenchmarkPlan,
  type AugmentBenchmarkResults,
  type MethodAccuracy,
  type MethodResult,
  planAugmentBenchmark,
  type SetResult,
} from './benchmark.js';
export type { AugmentMethod } from './methods.js';
