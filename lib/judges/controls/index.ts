/** A judge for each control. Takes texts and targets; gives a score per text; knows nothing of how the control was reached. */
export { loadSlotJudge, type SlotJudge } from './slot-judge.js';
