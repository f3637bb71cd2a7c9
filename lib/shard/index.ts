/** The texts of one batch. Takes a prepared run and the number of a shard; gives lines of samples.jsonl with their traces; knows nothing of other shards and the run folder. */
export { nats, resultsOf, sampleLine } from './results.js';
export { rewardsOf } from './rewards.js';
export { createScorer } from './score.js';
export { guideInputs } from './shard-batch.js';
export { createShardContext, type ShardContext, shardLayout } from './shard-context.js';
export { type MadeShard, makeShard, type ShardHooks, type ShardMaker } from './shard.js';
