/** Judges of fluency. Takes texts; gives nats per token; knows nothing of controls. */
export { type FluencyJudge, ngramFluency } from './fluency.js';
export { languageFluency, type StoppableFluency } from './language-fluency.js';
