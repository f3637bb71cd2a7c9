/** The texts of one batch. Takes a prepared run and the number of a shard; gives lines of samples.jsonl with their traces; knows nothing of other shards and the run folder. */
export { departureOf, type DepartureSampling, mayShare, sampleTextsUpTo } from './departure.js';
export { hasIndependentRows } from './independent-rows.js';
export type { PredictedText, PredictedWord, PredictionHooks, ProbableWord } from './predictions.js';
export { nats, resultsOf, sampleLine } from './results.js';
export { rewardsOf } from './rewards.js';
export { createScorer } from './score.js';
export { type BatchTexts, rowsIn, type ShardText } from './batch-texts.js';
export { guideInputs, textsOfShard } from './shard-batch.js';
export { createShardContext, type ShardContext, type ShardLayout, shardLayout } from './shard-context.js';
export type { MadeShard, ShardHooks, ShardMaker } from './made-shard.js';
export { makeShard, makeTexts, reportSteps } from './shard.js';
