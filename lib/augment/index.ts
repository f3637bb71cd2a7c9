/** Labelled rows from labelled rows. Takes a base model and a labelled file; gives rows with their provenance; knows nothing of any particular guide but the name of the one of labels. */
export { augment, type AugmentHooks, type AugmentPlan, type AugmentResult, type AugmentStage, planAugment } from './augment.js';
export type { AugmentSummary, LabelSummary, Provenance } from './results.js';
