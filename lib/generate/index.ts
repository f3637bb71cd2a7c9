/** A batch run into a folder. Takes a config; gives samples.jsonl, resumed to the same bytes; knows nothing of how a shard makes its texts. */
export { generate, type GenerateHooks, type GenerateResult } from './generate.js';
export type { Crew, CrewWork, RemoteCrew } from './crew.js';
