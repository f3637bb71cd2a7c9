/** Judges of finished texts. Takes texts and the options that a guide had; gives scores from 0 to 1 with marks; knows nothing of guides, latents and the run that made the texts. */
export * from './controls/index.js';
export * from './fluency/index.js';
export type { Judge, Mark, Score } from './judge.js';
export { type JudgeSetup, openJudges, type OpenJudges, type TaggerChoice } from './open-judges.js';
export * from './parsers/index.js';
export { standardJudges } from './registry.js';
