export { foldClauses, groupHolds, leavesOf, mapLeaves, type ClauseGroup, type ClauseTree } from '../base/clause-tree.js';
export { check, checkOptions, type Checked } from './check.js';
export { expected, type SchemaNode } from './expected.js';
export { decodeUtf8, readBounded, readJson } from './json.js';
export { checkConfig, loadConfig, schemas } from './load.js';
export type {
  BenchmarkConfig,
  ConfigKind,
  ConfigOf,
  GenerateConfig,
  LoadOptions,
  MethodConfig,
  SweepConfig,
  TrainConfig,
  TrainGuideConfig,
  TrainJudgeConfig,
} from './load.js';
export { nearest } from '../base/nearest.js';
export { resolveFrom, takenFields, type Resolved } from './resolve-from.js';
export type { AllClause, AnyClause, Clause, GuideClause, NotClause, Weight } from './schema/clause.js';
export { loadSoundPart, type SoundPart } from './sound-part.js';
export { readTargets, type Target } from './targets.js';
