/** Processes that share the work of a run. Takes tasks with a module that does them; gives results in any order, each task once more if its process died; knows nothing of the order of texts and the run folder. */
export { type OpenShards, openShardsBy } from './open-shards.js';
export { openPool, type Pool, type PoolOptions, type TaskHooks } from './pool.js';
export { type DoTask, serveTasks } from './serve-tasks.js';
export { openShardPool, type ShardPool } from './shard-pool.js';
export type { ShardJob } from './shard-worker.js';
export { teamOf, type Team } from './team.js';
export { measureThreads } from './measure-threads.js';
