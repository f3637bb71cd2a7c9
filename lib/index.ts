/** The library: what the command line does, as functions with typed results. The guides that come with it are in `diffusteer/guidance`. */
export { DiffusteerError, InputError, Interrupted, type Problem } from './base/errors.js';

// Configs: read or check one, then hand it to what it is for.
export { checkConfig, loadConfig, schemas } from './config/index.js';
export type {
  AllClause,
  AnyClause,
  BenchmarkConfig,
  Clause,
  ClauseGroup,
  ClauseTree,
  ConfigKind,
  ConfigOf,
  GenerateConfig,
  GuideClause,
  LoadOptions,
  MethodConfig,
  NotClause,
  SweepConfig,
  Target,
  TrainConfig,
  TrainGuideConfig,
  TrainJudgeConfig,
  Weight,
} from './config/index.js';

// train, train-guide, train-judge
export { trainModel, type TrainModelHooks, type TrainModelResult } from './train/denoiser/train-model.js';
export { trainGuide, type TrainGuideResult } from './train/guides/train-guide.js';
export { trainJudge, type TrainJudgeResult } from './train/judges/train-judge.js';
export { readTrainingData, type TrainingData } from './train/training-data.js';
export type { TrainingHooks } from './train/session.js';
export type { StepRecord } from './train/loop.js';
export type { LogLine } from './train/log.js';

// generate, check
export { loadRunConfig } from './generate/load-run.js';
export { generate, prepareRun, type GenerateHooks, type GenerateResult, type PreparedRun } from './generate/generate.js';
export type { Plan, PlannedClause, PlannedGuide } from './plan/plan.js';
export type { GuideResult } from './shard/results.js';
export type { SampleLine } from './shard/shard.js';
export type { Manifest, MethodRecord } from './run/manifest.js';
export { secondsPerText, type ShardTime } from './run/timing.js';
export { readTraces, tracesIn } from './run/traces-file.js';
export type { Trace, TraceStep } from './shard/trajectory.js';

// judge
export { judgeFolder, readSamples, type JudgeOptions } from './evaluate/judge-run.js';
export { chooseParser, embeddedClassifier, embeddedParser, measureParser, rememberingParser } from './evaluate/index.js';
export { judgeRun, renderReport, standardJudges } from './evaluate/index.js';
export type { Fluency, GuideReport, Judge, Parser, RunReport, Score, SlotClassifier, StoppableParser } from './evaluate/index.js';

// evaluate
export { loadTextEmbedder, type TextEmbedder } from './model/external/text-embedder.js';
export { evaluateRun, type EvaluateHooks, type EvaluateOptions } from './evaluate/evaluate-run.js';
export { bootstrap, ClusterSums, metricsSchema, pairedBootstrap } from './evaluate/index.js';
export type {
  FluencyJudge,
  GuideMetrics,
  Interval,
  Mark,
  Metrics,
  PairedComparison,
  Statistic,
  TextScores,
} from './evaluate/index.js';
export { renderMarkdown, renderMetrics } from './report/render-metrics.js';

// report.html
export { writeReport } from './report/report-run.js';
export { renderPage, type RunPage } from './report/page/page.js';
export type { ScoredText } from './evaluate/scored-texts.js';

// compare, sweep, benchmark
export { planSeries } from './study/plan-series.js';
export { runSeries, type PlannedRun, type SeriesEntry, type SeriesHooks, type SeriesParts } from './study/series.js';
export { sweepRuns, type SweepRun } from './study/sweep.js';
export { benchmarkRuns, type BenchmarkOptions, type BenchmarkRun } from './study/benchmark.js';
export type { SeriesRun } from './study/varied.js';
export { differencesOf, sumsOf, type RunDifferences } from './study/differences.js';
export { compareRuns, type ComparedRun, type Comparison } from './report/compare/comparison.js';
export { paretoFront, type Tradeoff } from './report/compare/front.js';
export { panelsOf, writeTradeoffs, type Panel, type PanelPoint } from './report/compare/tradeoff-chart.js';

// language models: judges of fluency, and what baselines sample from
export { languageFluency, ngramFluency, type StoppableFluency } from './evaluate/index.js';
export {
  languageModelOf,
  loadLanguageModel,
  type LanguageModelCheckpoint,
  type LanguageModelConfig,
} from './model/causal/language-model-checkpoint.js';
export type { Cost, Decoder, DecoderOptions, LanguageModel } from './model/causal/language-model.js';

// import, and what a checkpoint is made of
export { importCheckpoint } from './model/checkpoint/import-checkpoint.js';
export { importOriginal } from './model/checkpoint/import.js';
export { validateModel, type ValidateOptions, type ValidationReport } from './train/denoiser/validate-model.js';
export { loadCheckpoint, saveCheckpoint, type Checkpoint } from './model/checkpoint/checkpoint.js';
export type { ModelConfig } from './model/denoiser/config.js';
export { loadTokenizer } from './text/load-tokenizer.js';
export { readCorpus, type Corpus, type CorpusOptions } from './text/corpus.js';
export { buildVocabulary, coverage, vocabularyWith, type Coverage } from './text/vocabulary.js';
export { wordTokenizer } from './text/word-tokenizer.js';
export { splitWords } from './text/split-words.js';
export type { AnnotatedRow, ParsedRow, Tokenizer, Vocabulary } from './text/types.js';

// What posterior guides state about whole texts
export {
  choice,
  compileExpression,
  complement,
  fromUnary,
  one,
  product,
  repeat,
  sequence,
  union,
  wordIds,
  type Automaton,
  type Expression,
} from './automaton/index.js';

// --plugins
export { loadPlugins, type Plugins } from './plugins/load.js';

// devices
export { listDevices, openDevice, tf, type DeviceReport } from './engine/index.js';
export type { Device, DeviceName, HostTensor, HostTensors, Tensors } from './engine/types.js';

// The contract of guides. `Type` and `Static` are TypeBox's, with which a guide states its options.
export { Type, type Static } from '@sinclair/typebox';
export type {
  ClassifierSpec,
  FutureSpec,
  GradientGuide,
  Guide,
  GuideContext,
  GuideFactory,
  ModelInfo,
  ParticlesGuide,
  Place,
  PosteriorFactors,
  PosteriorGuide,
  ProjectGuide,
  Registry,
  RewardedText,
  RewardSlope,
  StepState,
  TableSpec,
  TokenReward,
} from './guide/contract.js';
