/** Training of the judges. Takes a corpus and parses; gives judge checkpoints; knows nothing of guides. */
export { trainJudge, type TrainJudgeResult } from './train-judge.js';
