/** From token probabilities to texts. Takes token probabilities of a finished batch; gives token ids; knows nothing of guides and reverse steps. */
export { decodeArgmax } from './argmax.js';
export { mbrChoice } from './mbr.js';
