/** Shards of runs, made by workers on any number of machines. Takes a Redis server and the unfinished shards of a run, or a registry of guides that a worker may use; gives finished shards in any order; knows nothing of the order of texts and the run folder. */
export { type QueueCrewOptions, queueCrew } from './queue-crew.js';
export { type QueueWorkerOptions, workQueue } from './queue-worker.js';
export { type RedisServer, redisServer } from './redis.js';
