/** Classifiers that measure what rows are worth, a device for measuring only. Takes labelled texts; gives which held-out rows they get right; knows nothing of how the texts were made. */
export { type DownstreamClassifier, downstreamClassifiers, type LabelledRowText } from './classifiers.js';
