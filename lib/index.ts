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
export type { LogLine } from './train/log.js';
export type { StepRecord } from './train/loop.js';
export type { TrainingHooks } from './train/session.js';
export { readTrainingData, type TrainingData } from './train/training-data.js';

// generate, check
export { generate, type GenerateHooks, type GenerateResult } from './generate/generate.js';
export { loadRunConfig } from './plan/load-run.js';
export type { Plan, PlannedClause, PlannedGuide } from './plan/plan.js';
export { type CheckedRun, checkRun, type PreparedRun, prepareRun } from './plan/prepare.js';
export type { Manifest, MethodRecord } from './run/manifest.js';
export type { GuideResult, SampleLine } from './run/sample-line.js';
export { secondsPerText, type ShardTime } from './run/timing.js';
export type { Trace, TraceStep } from './run/trace.js';
export { readTraces, tracesIn } from './run/traces-file.js';

// judge
export { type JudgeContext, judgeFolder, judgeRun } from './evaluate/judge.js';
export type { JudgeOptions } from './evaluate/judging.js';
export { loadSlotJudge } from './judges/controls/slot-judge.js';
export type { SlotJudge } from './judges/controls/slot-judge.js';
export type { Judge, Score } from './judges/judge.js';
export { chooseParser } from './judges/parsers/choose-parser.js';
export { measureParser } from './judges/parsers/parser-accuracy.js';
export { rememberingParser } from './judges/parsers/parser.js';
export type { Parser, StoppableParser } from './judges/parsers/parser.js';
export { loadShippedParser } from './judges/parsers/shipped-parser.js';
export { standardJudges } from './judges/registry.js';
export { readSamples } from './run/read-samples.js';

// evaluate
export { type EvaluateHooks, type EvaluateOptions, evaluateRun } from './evaluate/evaluate.js';
export { metricsSchema } from './evaluate/metrics.js';
export type { Figure, GuideMetrics, Metrics, RunFigures, TextScores } from './evaluate/metrics.js';
export type { FluencyJudge } from './judges/fluency/fluency.js';
export type { Mark } from './judges/judge.js';
export { bootstrap, pairedBootstrap } from './metrics/bootstrap.js';
export type { Interval, PairedComparison } from './metrics/bootstrap.js';
export { ClusterSums } from './metrics/cluster-sums.js';
export type { Statistic } from './metrics/cluster-sums.js';
export { loadTextEmbedder, type TextEmbedder } from './model/external/text-embedder.js';
export { renderMarkdown, renderReport } from './report/render-report.js';

// report.html
export type { ScoredText } from './evaluate/scored-texts.js';
export { renderPage, type RunPage } from './report/page/page.js';
export { writeReport } from './report/write-report.js';

// compare, sweep, benchmark
export { type ComparedRun, compareRuns, type Comparison } from './report/compare/comparison.js';
export { paretoFront, type Tradeoff } from './report/compare/front.js';
export { type Panel, type PanelPoint, panelsOf, writeTradeoffs } from './report/compare/tradeoff-chart.js';
export { type BenchmarkOptions, type BenchmarkRun, benchmarkRuns } from './study/benchmark.js';
export { differencesOf, readScoreSums, type RunDifferences } from './study/differences.js';
export { planSeries } from './study/plan-series.js';
export { type PlannedRun, runSeries, type SeriesEntry, type SeriesHooks, type SeriesParts } from './study/series.js';
export { type SweepRun, sweepRuns } from './study/sweep.js';
export type { SeriesRun } from './study/varied.js';

// language models: judges of fluency, and what baselines sample from
export { ngramFluency } from './judges/fluency/fluency.js';
export { languageFluency, type StoppableFluency } from './judges/fluency/language-fluency.js';
export {
  type LanguageModelCheckpoint,
  type LanguageModelConfig,
  languageModelOf,
  loadLanguageModel,
} from './model/causal/language-model-checkpoint.js';
export type { Cost, Decoder, DecoderOptions, LanguageModel } from './model/causal/language-model.js';

// import, and what a checkpoint is made of
export { type Checkpoint, loadCheckpoint, saveCheckpoint } from './model/checkpoint/checkpoint.js';
export { importCheckpoint } from './model/checkpoint/import-checkpoint.js';
export { importOriginal } from './model/checkpoint/import.js';
export type { ModelConfig } from './model/denoiser/config.js';
export { type Corpus, type CorpusOptions, readCorpus } from './text/corpus.js';
export { loadTokenizer } from './text/load-tokenizer.js';
export { splitWords } from './text/split-words.js';
export type { AnnotatedRow, ParsedRow, Tokenizer, Vocabulary } from './text/types.js';
export { buildVocabulary, coverage, type Coverage, vocabularyWith } from './text/vocabulary.js';
export { wordTokenizer } from './text/word-tokenizer.js';
export { validateModel, type ValidateOptions, type ValidationReport } from './train/denoiser/validate-model.js';

// What posterior guides state about whole texts
export {
  type Automaton,
  choice,
  compileExpression,
  complement,
  fromUnary,
  intersect,
  one,
  repeat,
  sequence,
  type TokenRegex,
  union,
  wordIds,
} from './automaton/index.js';

// --plugins
export { loadPlugins, type Plugins } from './plugins/load.js';

// devices
export { type DeviceReport, listDevices, openDevice, tf } from './engine/index.js';
export type { Device, DeviceName, HostTensor, HostTensors, Tensors } from './engine/types.js';

// The contract of guides. `Type` and `Static` are TypeBox's, with which a guide states its options.
export { type Static, Type } from '@sinclair/typebox';
export type {
  CheckContext,
  ClassifierSpec,
  GradientGuide,
  Guide,
  GuideContext,
  GuideFactory,
  ModelInfo,
  ParticlesGuide,
  PosteriorFactors,
  PosteriorGuide,
  ProjectGuide,
  RewardedText,
  RewardSlope,
  StepState,
  TableSpec,
  TokenReward,
  Via,
} from './guide/contract.js';
export type { FutureSpec } from './guide/future.js';
export type { RegisteredGuide, Registry } from './guide/registry.js';
