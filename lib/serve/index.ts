/** Many runs at once. Takes requests with configs of `generate`; gives events while texts are made, and answers about guides and models; knows nothing of the page that shows them. */
export type * from './api.js';
export { createEngine, type Engine, type EngineOptions, type EngineRun, type RequestJudges } from './engine.js';
export { type JudgeSource, textJudges } from './judge-texts.js';
export type { OpenDevice } from './warm.js';
