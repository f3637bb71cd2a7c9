export { check, checkOptions, type Checked } from './check.js';
export { expected, type SchemaNode } from './expected.js';
export { decodeUtf8, readBounded, readJson } from './json.js';
export { checkConfig, loadConfig, schemas } from './load.js';
export type { ConfigKind, ConfigOf, GenerateConfig, LoadOptions, TrainConfig, TrainGuideConfig } from './load.js';
export { nearest } from './nearest.js';
export { resolveFrom, type Resolved } from './resolve-from.js';
export type { AllClause, Clause, GuideClause } from './schema/clause.js';
export { readTargets, type Target } from './targets.js';
