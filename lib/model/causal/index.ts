/**
 * The autoregressive language model. Takes prefixes of token ids; gives log-probabilities of the next token; knows nothing of how
 * its texts are used.
 */
export {
  type LanguageModelCheckpoint,
  type LanguageModelConfig,
  languageModelOf,
  loadLanguageModel,
} from './language-model-checkpoint.js';
export type { BeamDecoder, BeamToken, Cost, Decoder, DecoderOptions, LanguageModel } from './language-model.js';
