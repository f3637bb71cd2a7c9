/** The schemas of the config files. Takes nothing; gives a schema per kind of config; knows nothing of files. */
export { augmentBenchmarkSchema, augmentMethods } from './augment-benchmark.js';
export { augmentSchema } from './augment.js';
export { benchmarkSchema } from './benchmark.js';
export { certifySchema } from './certify.js';
export type { AllClause, AnyClause, Clause, GuideClause, NotClause, Weight } from './clause.js';
export { generateSchema, jointDefaults } from './generate.js';
export { path } from './parts.js';
export { sweepSchema } from './sweep.js';
export { trainGuideSchema } from './train-guide.js';
export { trainJudgeSchema } from './train-judge.js';
export { trainSchema } from './train.js';
