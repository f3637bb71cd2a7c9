/** From token probabilities to texts. Takes token probabilities, a language model, automata; gives token ids; knows nothing of guides and reverse steps. */
export { decodeArgmax } from './argmax.js';
export {
  beamSearch,
  type FoundText,
  type Search,
  type SearchHooks,
  type SearchSpace,
  searchSpace,
  tempered,
} from './beam-search.js';
export { decodeJointly, type JointOptions, type JointRequest } from './joint.js';
export { leastGains } from './least-gains.js';
export { mbrChoice } from './mbr.js';
export { type NextWords, normalised, speaking } from './next-words.js';
