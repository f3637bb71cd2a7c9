/** What is wrong with a trained model, and what to change. Takes a run or a model with its corpus; gives findings in the order in which to act on them; knows nothing of guides. */
export { diagnose, type Diagnosis, type DoctorOptions } from './diagnose.js';
export { type ModelEvidence, REFERENCE } from './evidence.js';
export { type Finding, findingsOf } from './findings.js';
