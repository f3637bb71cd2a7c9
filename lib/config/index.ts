/** Configs: JSON files checked against schemas. Takes files and overrides; gives typed configs, or all problems with their JSON paths; knows nothing of what guides do with their options. */
export { type ClauseGroup, type ClauseTree, foldClauses, groupHolds, leavesOf, mapLeaves } from '../base/clause-tree.js';
export { nearest } from '../base/nearest.js';
export { check, type Checked, checkOptions } from './check.js';
export { expected, type SchemaNode } from './expected.js';
export { decodeUtf8, readJson } from './json.js';
export { checkConfig, loadConfig, overridden, schemas } from './load.js';
export type {
  AugmentBenchmarkConfig,
  AugmentConfig,
  BenchmarkConfig,
  CertifyConfig,
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
export { type Resolved, resolveFrom, takenFields } from './resolve-from.js';
export { augmentMethods, jointDefaults, path } from './schema/index.js';
export type { AllClause, AnyClause, Clause, GuideClause, NotClause, Weight } from './schema/index.js';
export { loadSoundPart, soundPart, type SoundPart } from './sound-part.js';
export { schemaText } from './publish.js';
export { type ConfigPath, pathsIn } from './paths.js';
export { readTargets, type Target } from './targets.js';
