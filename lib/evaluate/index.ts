/** Judging a run. Takes a run folder and judges; gives scores.jsonl and metrics.json; knows nothing of how figures are drawn. */
export * from '../judges/index.js';
export * from '../metrics/index.js';
export {
  type Cost,
  type Decoder,
  type DecoderOptions,
  type LanguageModel,
  type LanguageModelCheckpoint,
  type LanguageModelConfig,
  languageModelOf,
  loadLanguageModel,
} from '../model/causal/index.js';
export { loadTextEmbedder, type TextEmbedder } from '../model/external/index.js';
export { type EvaluateHooks, type EvaluateOptions, evaluateRun } from './evaluate.js';
export { type JudgeJob, type JudgePool, openJudgePool } from './judge-crew.js';
export { type JudgeContext, judgeFolder, judgeRun } from './judge.js';
export type { JudgeOptions } from './judging.js';
export { type Figure, type GuideMetrics, type Metrics, metricsSchema, type RunFigures, type TextScores } from './metrics.js';
export type { ScoredText } from './scored-texts.js';
