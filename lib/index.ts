/**
 * The library: what the command line does, as functions with typed results. The guides are in `diffusteer/guidance`; training, augmentation,
 * evaluation, reports, series of runs, the engine and the contract suite have entries of their own.
 */
export * from './base/index.js';

// Configs: load or check one, then run it.
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

// Runs: check, generate, read what is in the folder, judge.
export { type JudgeContext, judgeFolder, type JudgeOptions, judgeRun, type RunFigures } from './evaluate/index.js';
export * from './generate/index.js';
export {
  chooseParser,
  type Judge,
  type Mark,
  type Parser,
  rememberingParser,
  type Score,
  standardJudges,
  type StoppableParser,
} from './judges/index.js';
export { type Checkpoint, loadCheckpoint } from './model/index.js';
export * from './plan/index.js';
export * from './plugins/index.js';
export { renderReport } from './report/index.js';
export * from './run/index.js';
export {
  createEngine,
  type Engine,
  type EngineOptions,
  type EngineRun,
  type GenerateEvent,
  type JudgeSource,
  type RequestJudges,
  textJudges,
} from './serve/index.js';

// Guides of your own. `Type` and `Static` are TypeBox's, with which a guide states its options; automata are what a posterior guide
// states about whole texts.
export { type Static, Type } from '@sinclair/typebox';
export {
  type Automaton,
  automatonOfMachine,
  choice,
  compileExpression,
  complement,
  fromUnary,
  intersect,
  type Machine,
  one,
  repeat,
  sequence,
  type TokenRegex,
  union,
  wordIds,
} from './automaton/index.js';
export { type HostTensor, type HostTensors, type Tensors, tf } from './engine/index.js';
export * from './guide/index.js';
export type { AnnotatedRow, ParsedRow, Tokenizer, Vocabulary } from './text/index.js';
