/** The library: what the command line does, as functions with typed results. The guides that come with it are in `diffusteer/guidance`. */
export { DiffusteerError, InputError, Interrupted, type Problem } from './errors.js';

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
export { trainModel, type TrainModelHooks, type TrainModelResult } from './run/train-model.js';
export { trainGuide, type TrainGuideResult } from './run/train-guide.js';
export { trainJudge, type TrainJudgeResult } from './run/train-judge.js';
export { readTrainingData, type TrainingData } from './run/training-data.js';
export type { TrainingHooks } from './train/session.js';
export type { StepRecord } from './train/loop.js';
export type { LogLine } from './train/log.js';

// generate, check
export { loadRunConfig } from './run/load-run.js';
export { generate, prepareRun, type GenerateHooks, type GenerateResult, type PreparedRun } from './run/generate.js';
export type { Plan, PlannedClause, PlannedGuide } from './run/plan.js';
export type { GuideResult } from './run/results.js';
export type { SampleLine } from './run/shard.js';
export type { Manifest, MethodRecord } from './run/manifest.js';
export { secondsPerText, type ShardTime } from './run/timing.js';
export { readTraces, tracesIn } from './run/traces-file.js';
export type { Trace, TraceStep } from './run/trace.js';

// judge
export { judgeFolder, readSamples, type JudgeOptions } from './run/judge-run.js';
export { chooseParser, embeddedClassifier, embeddedParser, measureParser, rememberingParser } from './evaluate/index.js';
export { judgeRun, renderReport, standardJudges } from './evaluate/index.js';
export type { Fluency, GuideReport, Judge, Parser, RunReport, Score, SlotClassifier, StoppableParser } from './evaluate/index.js';

// evaluate
export { loadTextEmbedder, type TextEmbedder } from './model/text-embedder.js';
export { evaluateRun, type EvaluateHooks, type EvaluateOptions } from './run/evaluate-run.js';
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
export type { ScoredText } from './run/evaluate/scored-texts.js';

// compare, sweep, benchmark
export { planSeries } from './run/series/plan-series.js';
export { runSeries, type PlannedRun, type SeriesEntry, type SeriesHooks, type SeriesParts } from './run/series/series.js';
export { sweepRuns, type SweepRun } from './run/series/sweep.js';
export { benchmarkRuns, type BenchmarkOptions, type BenchmarkRun } from './run/series/benchmark.js';
export type { SeriesRun } from './run/series/varied.js';
export { differencesOf, sumsOf, type RunDifferences } from './run/series/differences.js';
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
} from './model/language-model-checkpoint.js';
export type { Cost, Decoder, DecoderOptions, LanguageModel } from './model/language-model.js';

// import, and what a checkpoint is made of
export { importCheckpoint } from './run/import-checkpoint.js';
export { importOriginal } from './model/import.js';
export { validateModel, type ValidateOptions, type ValidationReport } from './run/validate-model.js';
export { loadCheckpoint, saveCheckpoint, type Checkpoint } from './model/checkpoint.js';
export type { ModelConfig } from './model/config.js';
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
export { loadPlugins, type Plugins } from './run/plugins/load.js';

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
} from './sampler/guide.js';
