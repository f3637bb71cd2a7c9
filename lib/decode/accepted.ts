import { bestSequence, type Lattice } from '../automaton/index.js';
import type { Decoded } from './argmax.js';

/**
 * The most probable canvas that automata accept: whatever the probabilities are, the text is one of those.
 *
 * @param probs [L, V] of one text, row-major
 * @param factors that made `lattice`, [L, V]
 */
export function decodeAccepted(lattice: Lattice, probs: Float32Array, factors: Float32Array): Decoded {
  return { ids: bestSequence(lattice, probs, factors), truncated: false };
}
