/** From a config to a checked plan. Takes a config, a registry of guides and a checkpoint; gives a prepared run: targets, guides, constraints and reverse steps, or all problems; knows nothing of devices and the loop over steps. */
export { loadRunConfig } from './load-run.js';
export type { Plan, PlannedClause, PlannedGuide } from './plan.js';
export { type PreparedRun, prepareRun } from './prepare.js';
