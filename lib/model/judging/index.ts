/**
 * Networks of the judges that ship with the package. Takes words of finished texts; gives scores of spans, slots and values; knows
 * nothing of guides and diffusion.
 */
export { saveJudge } from './judge-checkpoint.js';
export { loadParserModel, type ParserConfig, parserSize } from './parser-model.js';
export { classOffsets, slotLogProbs, slotLoss, slotScorerParams } from './slot-scorer.js';
export { loadSlotsModel, type SlotsConfig, slotsSize } from './slots-model.js';
export { spanLoss, spanScorerParams, spanScores } from './span-scorer.js';
export { type Outputs, textNetwork } from './text-network.js';
export { countFeatures, featureReader, FEATURES, paddedFeatures, UNKNOWN } from './word-features.js';
