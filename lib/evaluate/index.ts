export type { Judge, Score } from './judge.js';
export { infillJudge } from './infill.js';
export { lengthJudge } from './length.js';
export { trainNgram, type Cost, type Ngram, type NgramOptions } from './ngram.js';
export { posJudge } from './pos.js';
export { judgesFor, standardJudges, type ChosenJudges } from './registry.js';
export { renderReport } from './render.js';
export {
  judgeRun,
  referenceOf,
  type Fluency,
  type GuideReport,
  type RunContext,
  type RunReport,
  type SampleLine,
} from './run-report.js';
export { copiedShare, distinctShare, lengths, type Lengths } from './texts.js';
